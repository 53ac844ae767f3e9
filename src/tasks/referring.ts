/** Referring head (spec section 7): the grounding query nearest to the phrase, and whether to believe it. */
import { measureMask } from '../masks/measure.ts';
import { solidMask } from './solid.ts';
import type { Decoded, MaskMapping } from './head.ts';
import { dot, normalise, row, sigmoid } from './scores.ts';
import type { ReferringOutput } from './types.ts';

export interface ReferringOptions {
  readonly minScore: number;
}

/**
 * @param phrase sentence embedding, normalised
 * @param background embedding of the name "background", normalised: what the score is measured against
 */
export function referring(
  decoded: Decoded,
  phrase: Float32Array,
  background: Float32Array,
  logitScale: number,
  mapping: MaskMapping,
  options: ReferringOptions,
): Omit<ReferringOutput, 'tokens' | 'truncated'> {
  let best = 0;
  let similarity = -Infinity;
  for (let q = 0; q < decoded.embeddings.count; q++) {
    const s = dot(normalise(row(decoded.embeddings, q)), phrase);
    if (s > similarity) [best, similarity] = [q, s];
  }
  const chosen = normalise(row(decoded.embeddings, best));
  const score = sigmoid(Math.min(logitScale, 100) * (similarity - dot(chosen, background)));
  const mask = solidMask(decoded.masks, best, mapping);
  const { area, bbox } = measureMask({ ...mapping.size, data: mask });
  return { size: mapping.size, mask, score, matches: score >= options.minScore && area > 0, area, bbox };
}
