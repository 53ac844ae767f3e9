/** Panoptic head (spec section 8): keep confident queries, give every pixel to one, drop what is mostly covered. */
import { measureIds } from '../masks/measure.ts';
import { MaskField } from './field.ts';
import type { Decoded, MaskMapping } from './head.ts';
import { distinct } from './nms.ts';
import { type Holding, ownership, ownsShare } from './ownership.ts';
import { argmax, classProbabilities, largest, type Rows, row } from './scores.ts';
import type { PanopticOutput, Segment } from './types.ts';

export interface PanopticOptions {
  /** A query is kept when its best class is no background and scores more than this. */
  readonly objectMask: number;
  /** A kept query becomes a segment when at least this share of its mask is its own. */
  readonly overlap: number;
  /** Of kept queries of one name whose masks have a greater intersection over union, one stays; 1 keeps all, as published. */
  readonly nms: number;
  /** How much background counts among the names: 1 as the model has it, 0 not at all. */
  readonly background: number;
}

/** Names that a segment may go by. */
const ALTERNATIVES = 3;

interface Kept {
  readonly query: number;
  readonly label: number;
  readonly score: number;
  readonly alternatives: { label: string; score: number }[];
}

function keepQueries(probabilities: Rows, names: readonly string[], threshold: number): Kept[] {
  const kept: Kept[] = [];
  for (let query = 0; query < probabilities.count; query++) {
    const p = row(probabilities, query);
    const label = argmax(p);
    const score = p[label] as number;
    if (label === names.length || score <= threshold) continue;
    const alternatives = largest(p.subarray(0, names.length), ALTERNATIVES).map((k) => ({ label: names[k] as string, score: p[k] as number }));
    kept.push({ query, label, score, alternatives });
  }
  return kept;
}

export function panoptic(
  decoded: Decoded,
  text: Rows,
  names: readonly string[],
  isThing: readonly boolean[],
  logitScale: number,
  mapping: MaskMapping,
  options: PanopticOptions,
): PanopticOutput {
  const sure = keepQueries(classProbabilities(decoded.embeddings, text, logitScale, options.background), names, options.objectMask);
  const kept = distinct(sure, decoded.masks, options.nms);
  const field = new MaskField(decoded.masks, mapping);
  const { solid, holdings } = ownership(field, kept);
  const inner = countInner(solid, kept.length);
  // Segment of each kept query, 0 = dropped. Stuff of one name is one segment, things are one each.
  const segmentOf = new Uint16Array(kept.length);
  const stuff = new Map<number, number>();
  const chosen: Kept[] = [];
  kept.forEach((k, index) => {
    // The official code also asks for a pixel of its own where the mask is at least one half.
    if (inner[index] === 0 || !ownsShare(field, k, holdings[index] as Holding, options.overlap)) return;
    const thing = isThing[k.label] ?? true;
    const merged = thing ? undefined : stuff.get(k.label);
    if (merged !== undefined) {
      segmentOf[index] = merged;
      return;
    }
    chosen.push(k);
    segmentOf[index] = chosen.length;
    if (!thing) stuff.set(k.label, chosen.length);
  });
  const ids = new Uint16Array(solid.length);
  for (let i = 0; i < ids.length; i++) {
    const owner = solid[i] as number;
    if (owner !== 0) ids[i] = segmentOf[owner - 1] as number;
  }
  const extents = measureIds(ids, mapping.size, chosen.length);
  const segments = chosen.map((k, i): Segment => {
    const extent = extents[i + 1] ?? { area: 0, bbox: [0, 0, 0, 0] as const };
    return {
      id: i + 1,
      label: names[k.label] ?? '',
      labelIndex: k.label,
      score: k.score,
      isThing: isThing[k.label] ?? true,
      area: extent.area,
      bbox: extent.bbox,
      alternatives: k.alternatives,
    };
  });
  return { size: mapping.size, ids, segments };
}

/** Pixels that each claim owns and where its own mask is at least one half. */
function countInner(solid: Uint16Array, claims: number): Float64Array {
  const counts = new Float64Array(claims + 1);
  for (let i = 0; i < solid.length; i++) {
    const owner = solid[i] as number;
    counts[owner] = (counts[owner] as number) + 1;
  }
  return counts.subarray(1);
}
