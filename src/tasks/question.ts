/** Questions (spec section 10): the likeliest of the pack's fixed answers. */
import type { QuestionOutput } from './types.ts';

const SHOWN = 5;

export function bestAnswers(logits: Float32Array, answers: readonly string[]): QuestionOutput['answers'] {
  let top = -Infinity;
  for (const logit of logits) top = Math.max(top, logit);
  const weights = Array.from(logits, (logit) => Math.exp(logit - top));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights
    .map((weight, i) => ({ answer: answers[i] ?? '', score: weight / sum }))
    .filter(({ answer }) => answer !== '')
    .sort((a, b) => b.score - a.score)
    .slice(0, SHOWN);
}
