/** Captioning (spec section 7): greedy words until the end token, said as they come. */
import { argmax } from './scores.ts';
import type { WordReader } from './steps.ts';
import type { CaptionOutput } from './types.ts';

/** The official loop's length. */
const STEPS = 50;

/** What is shown of token ids: up to the first full stop, a capital at its start. */
export function shown(text: string): string {
  const sentence = (text.split('.')[0] ?? '').replace(/\s+/g, ' ').trim();
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

export async function caption(reader: WordReader, say: (text: string) => void): Promise<CaptionOutput> {
  const tokenIds = [reader.startToken];
  let total = 0;
  let last = reader.startToken;
  for (let step = 0; step < Math.min(STEPS, reader.most); step++) {
    const logits = await reader.next(last);
    last = argmax(logits);
    total += logProbability(logits, last);
    tokenIds.push(last);
    if (last === reader.endToken) break;
    say(shown(reader.decode(tokenIds)));
  }
  return { text: shown(reader.decode(tokenIds)), tokenIds, score: total / (tokenIds.length - 1) };
}

function logProbability(logits: Float32Array, index: number): number {
  const top = logits[argmax(logits)] as number;
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - top);
  return (logits[index] as number) - top - Math.log(sum);
}
