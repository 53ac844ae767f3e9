/** One vector a picture: the mean cosine, or with a bank less what a picture has in common with any sentence. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { imageEmbedding, type QueryBank } from './retrieval.ts';
import { dot, normalise } from './scores.ts';

const DIM = 4;
const vectors = fc.array(fc.float32Array({ minLength: DIM, maxLength: DIM, noNaN: true, min: -2, max: 2 }).filter((v) => dot(v, v) > 0.1), { minLength: 1, maxLength: 2 });

/** Sentences that have the first direction in common; three of four are about the second. */
const SENTENCES = [[1, 2, 0, 0], [1, 2, 0.2, 0], [1, 2, 0, 0.2], [1, 0, 2, 0]].map((v) => normalise(Float32Array.from(v)));
const FIRST = SENTENCES.reduce((sum, s) => sum + (s[0] as number) / SENTENCES.length, 0);
const BANK: QueryBank = {
  sentences: { count: SENTENCES.length, dim: DIM, data: Float32Array.from(SENTENCES.flatMap((s) => [...s])) },
  direction: Float32Array.of(1 / FIRST, 0, 0, 0),
  sharpness: 10,
  usual: 0.4,
};

describe('a picture', () => {
  it('without a bank has mean cosines', () => {
    fc.assert(
      fc.property(vectors, fc.constantFrom(...SENTENCES), (given, sentence) => {
        const cosines = given.map((v) => dot(normalise(v), sentence));
        expect(dot(imageEmbedding(given, null), sentence)).toBeCloseTo(cosines.reduce((a, b) => a + b) / cosines.length, 4);
      }),
    );
  });

  it('loses what it has more than usual in common with the bank, equally for all its sentences on average', () => {
    fc.assert(
      fc.property(vectors, (given) => {
        const unit = normalise(imageEmbedding(given, null));
        const near = Math.log(SENTENCES.reduce((sum, s) => sum + Math.exp(10 * dot(unit, s)), 0) / SENTENCES.length) / 10;
        const evened = imageEmbedding(given, BANK);
        const mean = (v: Float32Array): number => SENTENCES.reduce((sum, s) => sum + dot(v, s), 0) / SENTENCES.length;
        expect(mean(unit) - mean(evened)).toBeCloseTo(near - 0.4, 3);
      }),
    );
  });

  it('that is near to all sentences is passed by the one that a sentence is about', () => {
    const of = [Float32Array.of(0.1, 0, 0.9, 0.9)];
    const near = [Float32Array.of(1, 0.9, 0.9, 0)];
    const sentence = SENTENCES[3] as Float32Array;
    const lead = (bank: typeof BANK | null): number => dot(imageEmbedding(of, bank), sentence) - dot(imageEmbedding(near, bank), sentence);
    expect(lead(null)).toBeLessThan(-0.05);
    expect(lead(BANK)).toBeGreaterThan(0);
  });
});
