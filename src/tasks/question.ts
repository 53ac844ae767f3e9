/** Questions (spec section 10): the likeliest of the pack's fixed answers. */
import { softmax } from './scores.ts';
import type { QuestionOutput } from './types.ts';

const SHOWN = 5;

export function bestAnswers(logits: Float32Array, answers: readonly string[]): QuestionOutput['answers'] {
  return softmax(logits)
    .map((score, i) => ({ answer: answers[i] ?? '', score }))
    .filter(({ answer }) => answer !== '')
    .sort((a, b) => b.score - a.score)
    .slice(0, SHOWN);
}
