/** Agreement with what people say, on weights that are small enough to do by hand. `tests/test_consensus.py` has the same. */
import { expect, it } from 'vitest';
import { agreement } from './consensus.ts';

/** Start and end, "a", "dog", "ball". */
const PICTURE = { weights: Float32Array.of(9, 9, 0.1, 0.6, 0.2), rarity: Float32Array.of(0, 0, 0.5, 2, 3) };

it('is the cosine of what a sentence is made of with what is expected', () => {
  // (0.5 * 0.1 + 2 * 0.6) / sqrt(0.5² + 2²)
  expect(agreement(PICTURE, [0, 2, 3, 1])).toBeCloseTo(1.25 / Math.sqrt(4.25), 6);
  // A word that is said twice weighs twice: (2 * 0.5 * 0.1 + 2 * 0.6 + 3 * 0.2) / sqrt(1 + 4 + 9)
  expect(agreement(PICTURE, [0, 2, 3, 2, 4, 1])).toBeCloseTo(1.9 / Math.sqrt(14), 6);
});

it('is 0 where nothing has weight', () => {
  expect(agreement(PICTURE, [0])).toBe(0);
  expect(agreement(PICTURE, [0, 1])).toBe(0);
});
