/**
 * Semantic segmentation head (spec section 8): a pixel gets the name with the largest sum over the queries of class
 * probability x mask probability.
 *
 * Names x queries x pixels is far too much to add up in full. In a tile each name's sum lies between two bounds; only
 * names whose upper bound reaches the best lower bound are added up a pixel. Most tiles have one name and no sums.
 */
import { type Bounds, eachPixel, MaskField, type Tile, tileBuffer } from './field.ts';
import type { Decoded, MaskMapping } from './head.ts';
import { classProbabilities, type Rows, row, sigmoid, sigmoidAll } from './scores.ts';
import type { SemanticOutput } from './types.ts';

/** Probabilities below this are left out: all queries' together can't make a visible difference. */
const NEGLIGIBLE = 1e-5;

/** A query with the names that it speaks for. */
interface Voter {
  readonly query: number;
  readonly classes: Uint16Array;
  readonly weights: Float32Array;
  /** Mask probabilities in the tile at work. */
  readonly masks: Float32Array;
}

function votersOf(probabilities: Rows, classes: number): Voter[] {
  const voters: Voter[] = [];
  for (let query = 0; query < probabilities.count; query++) {
    const p = row(probabilities, query);
    const kept = Array.from({ length: classes }, (_, k) => k).filter((k) => (p[k] as number) > NEGLIGIBLE);
    if (kept.length === 0) continue;
    voters.push({ query, classes: Uint16Array.from(kept), weights: Float32Array.from(kept, (k) => p[k] as number), masks: tileBuffer() });
  }
  return voters;
}

export function semantic(decoded: Decoded, text: Rows, names: readonly string[], logitScale: number, mapping: MaskMapping): SemanticOutput {
  const field = new MaskField(decoded, mapping);
  const election = new Election(field, votersOf(classProbabilities(decoded.embeddings, text, logitScale), names.length), names.length);
  const labels = new Uint16Array(field.size.width * field.size.height);
  for (const tile of field.tiles) election.decide(tile, labels);
  return { size: field.size, labels, present: presentIn(labels, names) };
}

/** Decides tiles; holds the sums between them. */
class Election {
  readonly #field: MaskField;
  readonly #voters: readonly Voter[];
  readonly #lower: Float64Array;
  readonly #upper: Float64Array;
  readonly #sums: Float64Array;

  constructor(field: MaskField, voters: readonly Voter[], classes: number) {
    this.#field = field;
    this.#voters = voters;
    this.#lower = new Float64Array(classes);
    this.#upper = new Float64Array(classes);
    this.#sums = new Float64Array(classes);
  }

  decide(tile: Tile, labels: Uint16Array): void {
    const { size } = this.#field;
    const present = this.#bound(tile);
    const candidates = this.#candidates();
    const only = candidates[0] ?? 0;
    if (candidates.length <= 1) return eachPixel(tile, size, (_, at) => (labels[at] = only));
    for (const { query, masks } of present) {
      this.#field.fill(query, tile, masks);
      sigmoidAll(masks);
    }
    eachPixel(tile, size, (inTile, at) => (labels[at] = this.#winner(inTile, present, candidates)));
  }

  /** Sets the bounds of every name's sum; the voters whose masks reach into the tile. */
  #bound(tile: Tile): Voter[] {
    const bounds: Bounds = { least: 0, most: 0 };
    const present: Voter[] = [];
    this.#lower.fill(0);
    this.#upper.fill(0);
    for (const voter of this.#voters) {
      this.#field.bounds(voter.query, tile, bounds);
      const [least, most] = [sigmoid(bounds.least), sigmoid(bounds.most)];
      if (most < NEGLIGIBLE) continue;
      present.push(voter);
      for (let j = 0; j < voter.classes.length; j++) {
        const k = voter.classes[j] as number;
        const w = voter.weights[j] as number;
        this.#lower[k] = (this.#lower[k] as number) + w * least;
        this.#upper[k] = (this.#upper[k] as number) + w * most;
      }
    }
    // Where no mask reaches, the nearest to nothing decides, as it would in full: all of them count.
    return present.length > 0 ? present : [...this.#voters];
  }

  /** Names that may win somewhere in the tile, in the vocabulary's order. */
  #candidates(): number[] {
    let bar = 0;
    for (const sum of this.#lower) if (sum > bar) bar = sum;
    const out: number[] = [];
    for (let k = 0; k < this.#upper.length; k++) if ((this.#upper[k] as number) >= bar) out.push(k);
    return out;
  }

  #winner(at: number, present: readonly Voter[], candidates: readonly number[]): number {
    const sums = this.#sums;
    for (const k of candidates) sums[k] = 0;
    for (const { masks, classes, weights } of present) {
      const p = masks[at] as number;
      // Names that are no candidates are added up too: cheaper than asking, and nobody reads them.
      for (let j = 0; j < classes.length; j++) {
        const k = classes[j] as number;
        sums[k] = (sums[k] as number) + (weights[j] as number) * p;
      }
    }
    let best = candidates[0] ?? 0;
    for (const k of candidates) if ((sums[k] as number) > (sums[best] as number)) best = k;
    return best;
  }
}

function presentIn(labels: Uint16Array, names: readonly string[]): SemanticOutput['present'] {
  const areas = new Float64Array(names.length);
  for (let i = 0; i < labels.length; i++) {
    const k = labels[i] as number;
    areas[k] = (areas[k] as number) + 1;
  }
  return Array.from(areas, (area, labelIndex) => ({ labelIndex, label: names[labelIndex] ?? '', area }))
    .filter((entry) => entry.area > 0)
    .sort((a, b) => b.area - a.area);
}
