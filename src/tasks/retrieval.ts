/** Image-text retrieval (spec section 7): one vector a picture, to be compared with any sentence. */
import { dot, logSumExp, normalise, type Rows, row } from './scores.ts';

/**
 * Sentences that many pictures' likeness is measured against, so that a picture that is near to every sentence is not
 * found by every sentence (Bogolin et al., "Cross Modal Retrieval with Querybank Normalisation", CVPR 2022;
 * docs/decisions/0019).
 */
export interface QueryBank {
  /** Normalised. */
  readonly sentences: Rows;
  /** How much the nearest of them count above the others. */
  readonly sharpness: number;
  /** Likeness of a usual picture, which nothing is taken off. */
  readonly usual: number;
  /** Along it all sentences lie about equally far, on average 1. */
  readonly direction: Float32Array;
}

/**
 * Without a bank the mean of the normalised vectors, not normalised again: its dot product with a sentence is their mean
 * cosine. With one that mean, normalised, less what it has in common with any sentence.
 */
export function imageEmbedding(vectors: readonly Float32Array[], bank: QueryBank | null): Float32Array {
  const out = new Float32Array(vectors[0]?.length ?? 0);
  for (const vector of vectors) normalise(vector).forEach((v, i) => (out[i] = (out[i] as number) + v / vectors.length));
  if (!bank) return out;
  const unit = normalise(out);
  const more = likeness(unit, bank) - bank.usual;
  return unit.map((v, i) => v - more * (bank.direction[i] as number));
}

/** How near a vector is to sentences of all kinds: the logarithm of a mean of exponentials. */
function likeness(unit: Float32Array, { sentences, sharpness }: QueryBank): number {
  const each = Float32Array.from({ length: sentences.count }, (_, i) => sharpness * dot(unit, row(sentences, i)));
  return (logSumExp(each) - Math.log(sentences.count)) / sharpness;
}
