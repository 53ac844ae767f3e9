/** Captioning (spec section 7): the likeliest sentences by beam search, said as they grow, and the one that fits the picture. */
import { logSumExp } from './scores.ts';
import type { WordReader } from './steps.ts';
import type { CaptionOutput } from './types.ts';

/** The official loop's length. */
const STEPS = 50;

/** A sentence so far. */
interface Said {
  readonly tokenIds: readonly number[];
  /** Sum of the log probabilities of its words. */
  readonly total: number;
  /** Row of the reader that has read all but its last word; null once it has ended. */
  readonly row: number | null;
}

/** What is shown of token ids: up to the first full stop, a capital at its start. */
export function shown(text: string): string {
  const sentence = (text.split('.')[0] ?? '').replace(/\s+/g, ' ').trim();
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

/** Mean log probability of the words, by which sentences compete: their sum would favour short ones. */
const score = ({ tokenIds, total }: Said): number => total / Math.max(1, tokenIds.length - 1);

/**
 * Keeps the `beams` best sentences at every word until all of them have ended, and gives them best first; 1 takes the
 * likeliest word each time, as the official code does. With more, no two words come in the same order twice, which rids
 * captions of "on a wall on a wall".
 * @param say hears the best sentence so far; with more than one beam a later word may bring another to the front
 */
export async function captions(reader: WordReader, beams: number, say: (text: string) => void): Promise<readonly [CaptionOutput, ...CaptionOutput[]]> {
  let heard = '';
  let kept: readonly [Said, ...Said[]] = [{ tokenIds: [reader.startToken], total: 0, row: 0 }];
  for (let step = 0; step < Math.min(STEPS, reader.most) && kept.some(({ row }) => row !== null); step++) {
    const longer = await continued(reader, kept, beams);
    const [best = kept[0], ...others] = longer.toSorted((a, b) => score(b) - score(a)).slice(0, beams);
    kept = [best, ...others];
    const text = shown(reader.decode(best.tokenIds));
    if (text !== heard) say(text);
    heard = text;
  }
  const output = (sentence: Said): CaptionOutput => ({ text: shown(reader.decode(sentence.tokenIds)), tokenIds: sentence.tokenIds, score: score(sentence) });
  const [best, ...others] = kept;
  return [output(best), ...others.map(output)];
}

/**
 * The sentence that is likeliest and fits the picture: one in the wrong words, "a photo of a lobster", may be as likely as
 * a right one, since its first words are what many captions begin with.
 * @param fits how well each of them fits
 * @param weight of that, in log probability a word
 */
export async function fittest(
  sentences: readonly [CaptionOutput, ...CaptionOutput[]],
  fits: (texts: readonly string[]) => Promise<readonly number[]>,
  weight: number,
): Promise<CaptionOutput> {
  const fit = await fits(sentences.map(({ text }) => text));
  const gains = sentences.map((sentence, i) => sentence.score + weight * (fit[i] as number));
  return sentences[gains.indexOf(Math.max(...gains))] as CaptionOutput;
}

/** Sentences with each of their likeliest next words, all read in one run; before them those that have ended, as they are. */
async function continued(reader: WordReader, sentences: readonly Said[], beams: number): Promise<Said[]> {
  const going = sentences.flatMap((sentence) => (sentence.row === null ? [] : [{ sentence, parent: sentence.row }]));
  const rows = await reader.next(going.map(({ parent }) => parent), going.map(({ sentence }) => sentence.tokenIds.at(-1) as number));
  const longer = going.flatMap(({ sentence: { tokenIds, total } }, row) => {
    const logits = rows[row] as Float32Array;
    const spread = logSumExp(logits);
    if (beams > 1) for (const token of said(tokenIds)) logits[token] = -Infinity;
    return largest(logits, beams).map((token): Said => ({
      tokenIds: [...tokenIds, token],
      total: total + (logits[token] as number) - spread,
      row: token === reader.endToken ? null : row,
    }));
  });
  return [...sentences.filter(({ row }) => row === null), ...longer];
}

/** Tokens that came after the last one before. */
function said(tokenIds: readonly number[]): number[] {
  const last = tokenIds.at(-1);
  return tokenIds.slice(1).filter((_, i) => tokenIds[i] === last);
}

/** Indices of the largest values, largest first, of equals the first. */
function largest(values: Float32Array, count: number): number[] {
  const found: number[] = [];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (found.length === count && value <= (values[found.at(-1) as number] as number)) continue;
    const at = found.findIndex((other) => value > (values[other] as number));
    found.splice(at < 0 ? found.length : at, 0, i);
    if (found.length > count) found.pop();
  }
  return found;
}
