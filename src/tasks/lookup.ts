/**
 * Looks a question's thing up on the picture: where a map of its name says it is, if it is there, and of what colour. Two
 * tasks of the one model, one after the other (docs/decisions/0018).
 */
import { type Asked, type AskedAbout } from './asked.ts';
import { type Decoded, MASK_STRIDE } from './head.ts';
import type { LogitPlanes, Size } from '../masks/types.ts';
import { classProbabilities, logSumExp, type Rows, row, sigmoidAll } from './scores.ts';
import type { Colour, PhraseTokens, Pixels, Steps } from './steps.ts';

/** A sum is taken for no surer than this, nor for surer that there is nothing. */
const SUREST = 0.9999;

/** A thing's sum over the latent queries in each cell, as in a semantic map of it and background: mostly 0..1, where several see it more. */
export interface Found extends Size {
  readonly data: Float32Array;
}

/** @param text two normalised rows: the thing, "background" */
export function find({ embeddings, masks }: Decoded, text: Rows, logitScale: number, content: Size): Found {
  const probabilities = classProbabilities(embeddings, text, logitScale);
  const [width, height] = [Math.ceil(content.width / MASK_STRIDE), Math.ceil(content.height / MASK_STRIDE)];
  const data = new Float32Array(width * height);
  for (let q = 0; q < masks.count; q++) {
    const values = inside(masks, q, width, height);
    sigmoidAll(values);
    const [weight = 0] = row(probabilities, q);
    for (let i = 0; i < data.length; i++) data[i] = (data[i] as number) + weight * (values[i] as number);
  }
  return { width, height, data };
}

/** A mask's cells that are not in the padding. */
function inside(masks: LogitPlanes, query: number, width: number, height: number): Float32Array {
  const out = new Float32Array(width * height);
  const from = query * masks.width * masks.height;
  for (let y = 0; y < height; y++) out.set(masks.data.subarray(from + y * masks.width, from + y * masks.width + width), y * width);
  return out;
}

const largest = ({ data }: Found): number => data.reduce((most, sum) => Math.max(most, sum), 0);

/** Median of each channel, of the pixels in cells where the thing's sum is more than half of the largest. */
export function colourUnder(found: Found, { width, height, data }: Pixels): Colour {
  const half = largest(found) / 2;
  const counts = [new Uint32Array(256), new Uint32Array(256), new Uint32Array(256)] as const;
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) {
    if ((found.data[Math.floor(y / MASK_STRIDE) * found.width + Math.floor(x / MASK_STRIDE)] as number) <= half) continue;
    counts.forEach((count, c) => {
      const value = data[(y * width + x) * 3 + c] as number;
      count[value] = (count[value] as number) + 1;
    });
  }
  return [median(counts[0]), median(counts[1]), median(counts[2])];
}

/** The lower one of two. @param counts how often there is each of 0..255 */
function median(counts: Uint32Array): number {
  const half = counts.reduce((sum, count) => sum + count, 0) / 2;
  let below = 0;
  for (let value = 0; value < counts.length; value++) if ((below += counts[value] as number) >= half) return value;
  return 0;
}

/** Log probabilities that the thing is there, and that it is not: the largest sum is taken for the first. */
export function presence(found: Found): { readonly yes: number; readonly no: number } {
  const sure = Math.min(SUREST, Math.max(1 - SUREST, largest(found)));
  return { yes: Math.log(sure), no: Math.log(1 - sure) };
}

/** What is added to the answers' log probabilities, once a weight. */
type Evidence = (steps: Steps, question: PhraseTokens, found: Found) => Promise<(answer: number) => number>;

const EVIDENCE: Readonly<Record<AskedAbout, Evidence>> = {
  /** The same question, of a picture of nothing but the thing's colour. */
  async colour(steps, question, found) {
    const pixels = await steps.at('semantic').pixels();
    const colour = await steps.head(() => colourUnder(found, pixels));
    const alone = await steps.even(colour).answer(question);
    const whole = logSumExp(alone);
    return (answer) => (alone[answer] as number) - whole;
  },
  /** Whatever else the classifier takes such a question for, it is answered with yes or no. */
  async presence(steps, _, found) {
    const { yes, no } = presence(found);
    const said = await steps.answers();
    return (answer) => (said[answer] === 'yes' ? yes : said[answer] === 'no' ? no : Math.log(1 - SUREST));
  },
};

/** Log probabilities of the answers to a question, with what is seen of the thing that it is about. */
export async function withLookup(steps: Steps, question: PhraseTokens, { about, thing }: Asked, logits: Float32Array, weight: number): Promise<Float32Array> {
  const segmented = steps.at('semantic');
  const text = await segmented.classes([thing]);
  const decoded = await segmented.base();
  const { content } = await segmented.placement();
  const found = await steps.head(() => find(decoded, text, steps.logitScale, content));
  const evidence = await EVIDENCE[about](steps, question, found);
  const whole = logSumExp(logits);
  return logits.map((logit, i) => logit - whole + weight * evidence(i));
}
