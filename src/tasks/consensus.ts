/**
 * How far people would agree with a sentence about a picture, by the words that it is made of: the agreement of CIDEr
 * (Vedantam et al., CVPR 2015, section 4) with single tokens in place of longer n-grams, in expectation over what people
 * say of such pictures (`offline/xdecoder/model/consensus.py`, docs/decisions/0012).
 */

/** What captions of one picture are expected to be made of; a number for each token of the vocabulary. */
export interface ExpectedWords {
  /** Mean normalised TF-IDF of the token in people's sentences. */
  readonly weights: Float32Array;
  /** Its IDF, 0 where it is no part of a sentence. */
  readonly rarity: Float32Array;
}

/** Expected cosine of the sentence's TF-IDF weights with those of what people say; 0 where it has no weight. */
export function agreement({ weights, rarity }: ExpectedWords, tokenIds: readonly number[]): number {
  const times = new Map<number, number>();
  for (const token of tokenIds) times.set(token, (times.get(token) ?? 0) + 1);
  let shared = 0;
  let squares = 0;
  for (const [token, count] of times) {
    const weight = count * (rarity[token] ?? 0);
    shared += weight * (weights[token] ?? 0);
    squares += weight * weight;
  }
  return squares > 0 ? shared / Math.sqrt(squares) : 0;
}
