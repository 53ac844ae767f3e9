/** Instance head (spec section 8): the best pairs of query and name, each with the query's own mask; they may overlap. */
import { measureMask } from '../masks/measure.ts';
import { type Bounds, eachRow, MaskField, tileBuffer } from './field.ts';
import type { Decoded, MaskMapping } from './head.ts';
import { classProbabilities, type Rows, row, sigmoid } from './scores.ts';
import type { Instance, InstanceOutput } from './types.ts';

/** Pairs that are looked at before things are told from stuff, as in the official evaluation. */
const DETECTIONS = 100;
/** What an empty mask is divided by. */
const EMPTY = 1e-6;

export interface InstanceOptions {
  /** Least score of an instance: class probability times the mask's own confidence. */
  readonly minScore: number;
  /** How much background counts among the names: 1 as the model has it, 0 not at all. */
  readonly background: number;
}

interface Pair {
  readonly query: number;
  readonly label: number;
  readonly probability: number;
}

function bestPairs(probabilities: Rows, names: number): Pair[] {
  const pairs: Pair[] = [];
  for (let query = 0; query < probabilities.count; query++) {
    const p = row(probabilities, query);
    for (let label = 0; label < names; label++) pairs.push({ query, label, probability: p[label] as number });
  }
  return pairs.sort((a, b) => b.probability - a.probability).slice(0, DETECTIONS);
}

interface Solid {
  readonly mask: Uint8Array;
  /** Mean probability inside. */
  readonly confidence: number;
}

function solid(field: MaskField, query: number): Solid {
  const mask = new Uint8Array(field.size.width * field.size.height);
  const bounds: Bounds = { least: 0, most: 0 };
  const values = tileBuffer();
  let area = 0;
  let sum = 0;
  for (const tile of field.tiles) {
    field.bounds(query, tile, bounds);
    if (bounds.most <= 0) continue;
    field.fill(query, tile, values);
    eachRow(tile, field.size, (inTile, at, columns) => {
      for (let c = 0; c < columns; c++) {
        const logit = values[inTile + c] as number;
        if (logit <= 0) continue;
        mask[at + c] = 1;
        area++;
        sum += sigmoid(logit);
      }
    });
  }
  return { mask, confidence: sum / (area + EMPTY) };
}

export function instance(
  decoded: Decoded,
  text: Rows,
  names: readonly string[],
  isThing: readonly boolean[],
  logitScale: number,
  mapping: MaskMapping,
  options: InstanceOptions,
): InstanceOutput {
  const { size } = mapping;
  const field = new MaskField(decoded.masks, mapping);
  const masks = new Map<number, Solid>();
  const unsure = new Set<number>();
  const found: (Pair & Solid & { readonly score: number })[] = [];
  for (const pair of bestPairs(classProbabilities(decoded.embeddings, text, logitScale, options.background), names.length)) {
    // A mask's confidence is at most one: a pair below the bar stays there.
    if (!isThing[pair.label] || pair.probability < options.minScore || unsure.has(pair.query)) continue;
    const own = masks.get(pair.query) ?? solid(field, pair.query);
    masks.set(pair.query, own);
    const score = pair.probability * own.confidence;
    if (score >= options.minScore) found.push({ ...pair, ...own, score });
    else {
      // The pairs that follow are less likely still: at a photo's own size no mask is kept in vain.
      unsure.add(pair.query);
      masks.delete(pair.query);
    }
  }
  found.sort((a, b) => b.score - a.score);
  const ids = new Uint16Array(size.width * size.height);
  const instances = found.map(({ mask, score, label }, i): Instance => {
    for (let at = 0; at < ids.length; at++) if (mask[at] === 1 && ids[at] === 0) ids[at] = i + 1;
    const { area, bbox } = measureMask({ ...size, data: mask });
    return { id: i + 1, label: names[label] ?? '', labelIndex: label, score, isThing: true, area, bbox, mask };
  });
  return { size, ids, instances };
}
