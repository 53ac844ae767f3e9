/** Image-text retrieval (spec section 7): one vector a picture, to be compared with any sentence. */
import { normalise } from './scores.ts';

/** Mean of the normalised vectors. Not normalised again: its dot product with a sentence is their mean cosine. */
export function imageEmbedding(vectors: readonly Float32Array[]): Float32Array {
  const out = new Float32Array(vectors[0]?.length ?? 0);
  for (const vector of vectors) normalise(vector).forEach((v, i) => (out[i] = (out[i] as number) + v / vectors.length));
  return out;
}
