/** Captioning (spec section 7): by beam search a likely sentence that people would agree with, said as it grows. */
import { agreement } from './consensus.ts';
import { largest, logSumExp } from './scores.ts';
import type { WordReader } from './steps.ts';
import type { CaptionOutput } from './types.ts';

/** The official loop's length. */
const STEPS = 50;

export interface Search {
  /** Sentences that are kept at every word; 1 takes the likeliest word each time, as the official code does. */
  readonly beams: number;
  /** How much it counts how far people would agree, in log probability a word, while sentences grow … */
  readonly growing: number;
  /** … and in the choice of one at the end. */
  readonly chosen: number;
}

/** A sentence so far. */
interface Said {
  readonly tokenIds: readonly number[];
  /** Sum of the log probabilities of its words. */
  readonly total: number;
  /** Row of the reader that has read all but its last word; null once it has ended. */
  readonly row: number | null;
  /** How far people would agree; 0 where the pack has no weights for it. */
  readonly agreement: number;
}

/** What is shown of token ids: up to the first full stop, a capital at its start. */
export function shown(text: string): string {
  const sentence = (text.split('.')[0] ?? '').replace(/\s+/g, ' ').trim();
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

/** Mean log probability of the words, by which sentences compete: their sum would favour short ones. */
const score = ({ tokenIds, total }: Said): number => total / Math.max(1, tokenIds.length - 1);

const rank = (sentence: Said, weight: number): number => score(sentence) + weight * sentence.agreement;

const ranked = (sentences: readonly Said[], weight: number): Said[] => sentences.toSorted((a, b) => rank(b, weight) - rank(a, weight));

/**
 * Keeps the best sentences at every word until all of them have ended. With more than one beam, no two words come in the
 * same order twice, which rids captions of "on a wall on a wall".
 * @param say hears the best sentence so far; with more than one beam a later word may bring another to the front
 */
export async function caption(reader: WordReader, search: Search, say: (text: string) => void): Promise<CaptionOutput> {
  let heard = '';
  let best: Said = { tokenIds: [reader.startToken], total: 0, row: 0, agreement: 0 };
  let kept: readonly Said[] = [best];
  for (let step = 0; step < Math.min(STEPS, reader.most) && kept.some(({ row }) => row !== null); step++) {
    kept = ranked(await continued(reader, kept, search), search.growing).slice(0, search.beams);
    best = ranked(kept, search.chosen)[0] ?? best;
    const text = shown(reader.decode(best.tokenIds));
    if (text !== heard) say(text);
    heard = text;
  }
  return { text: shown(reader.decode(best.tokenIds)), tokenIds: best.tokenIds, score: score(best) };
}

/** Sentences with each of their likeliest next words, all read in one run; before them those that have ended, as they are. */
async function continued(reader: WordReader, sentences: readonly Said[], { beams, growing, chosen }: Search): Promise<Said[]> {
  const going = sentences.flatMap((sentence) => (sentence.row === null ? [] : [{ sentence, parent: sentence.row }]));
  const rows = await reader.next(going.map(({ parent }) => parent), going.map(({ sentence }) => sentence.tokenIds.at(-1) as number));
  const expected = growing || chosen ? reader.expected : null;
  const longer = going.flatMap(({ sentence: { tokenIds, total } }, row) => {
    const logits = rows[row] as Float32Array;
    const spread = logSumExp(logits);
    if (beams > 1) for (const token of followers(tokenIds)) logits[token] = -Infinity;
    return largest(logits, beams).map((token): Said => {
      const said = [...tokenIds, token];
      return {
        tokenIds: said,
        total: total + (logits[token] as number) - spread,
        row: token === reader.endToken ? null : row,
        agreement: expected ? agreement(expected, said) : 0,
      };
    });
  });
  return [...sentences.filter(({ row }) => row === null), ...longer];
}

/** Tokens that came after the last one before. */
function followers(tokenIds: readonly number[]): number[] {
  const last = tokenIds.at(-1);
  return tokenIds.slice(1).filter((_, i) => tokenIds[i] === last);
}
