/**
 * Semantic segmentation head (spec section 8): a pixel gets the name with the largest sum over the queries of class
 * probability x mask probability.
 *
 * Names x queries x pixels is far too much to add up in full. In a tile every mask lies between two bounds, and so does the
 * lead of any name over the one that seems to win there; only names that may be level with it are added up a pixel. Most
 * tiles have one name and no sums.
 */
import { type Bounds, eachRow, MaskField, type Tile, tileBuffer } from './field.ts';
import type { Decoded, MaskMapping } from './head.ts';
import { classProbabilities, type Rows, row, sigmoid, sigmoidAll } from './scores.ts';
import type { SemanticOutput } from './types.ts';

/** Probabilities below this are left out: all queries' together can't make a visible difference. */
const NEGLIGIBLE = 1e-5;

/** A query that speaks for names. */
interface Voter {
  readonly query: number;
  /** Probability of every name. */
  readonly weights: Float32Array;
  /** Bounds of the mask's probability in the tile at work. */
  low: number;
  high: number;
}

function votersOf(probabilities: Rows, classes: number): Voter[] {
  const all = Array.from({ length: probabilities.count }, (_, query): Voter => ({ query, weights: row(probabilities, query).subarray(0, classes), low: 0, high: 0 }));
  return all.filter(({ weights }) => weights.some((w) => w > NEGLIGIBLE));
}

export interface SemanticOptions {
  /** How much background counts among the names: 1 as the model has it, 0 not at all. */
  readonly background: number;
}

export function semantic(decoded: Decoded, text: Rows, names: readonly string[], logitScale: number, mapping: MaskMapping, { background }: SemanticOptions): SemanticOutput {
  const field = new MaskField(decoded, mapping);
  const election = new Election(field, votersOf(classProbabilities(decoded.embeddings, text, logitScale, background), names.length), names.length);
  const labels = new Uint16Array(field.size.width * field.size.height);
  for (const tile of field.tiles) election.decide(tile, labels);
  return { size: field.size, labels, present: presentIn(labels, names) };
}

/** Decides tiles; holds the sums between them. */
class Election {
  readonly #field: MaskField;
  readonly #voters: readonly Voter[];
  /** A name: a sum that it may have, then its largest possible lead over the favourite. */
  readonly #standing: Float64Array;
  readonly #masks = tileBuffer();
  readonly #best = tileBuffer();
  readonly #winners = new Uint16Array(tileBuffer().length);
  /** A buffer a candidate, made when first needed. */
  readonly #sums: Float32Array[] = [];

  constructor(field: MaskField, voters: readonly Voter[], classes: number) {
    this.#field = field;
    this.#voters = voters;
    this.#standing = new Float64Array(classes);
  }

  decide(tile: Tile, labels: Uint16Array): void {
    const present = this.#present(tile);
    const candidates = this.#candidates(present);
    if (candidates.length > 1) this.#count(tile, present, candidates);
    else this.#winners.fill(candidates[0] ?? 0);
    eachRow(tile, this.#field.size, (inTile, at, columns) => labels.set(this.#winners.subarray(inTile, inTile + columns), at));
  }

  /** Voters whose masks reach into the tile. */
  #present(tile: Tile): readonly Voter[] {
    const bounds: Bounds = { least: 0, most: 0 };
    for (const voter of this.#voters) {
      this.#field.bounds(voter.query, tile, bounds);
      voter.low = sigmoid(bounds.least);
      voter.high = sigmoid(bounds.most);
    }
    const present = this.#voters.filter(({ high }) => high >= NEGLIGIBLE);
    // Where no mask reaches, the nearest to nothing decides, as it would in full: all of them count.
    return present.length > 0 ? present : this.#voters;
  }

  /** Names that may win somewhere in the tile, in the vocabulary's order. */
  #candidates(present: readonly Voter[]): number[] {
    const standing = this.#standing.fill(0);
    for (const { weights, low, high } of present) {
      const middle = (low + high) / 2;
      for (let k = 0; k < standing.length; k++) standing[k] = (standing[k] as number) + middle * (weights[k] as number);
    }
    let favourite = 0;
    for (let k = 1; k < standing.length; k++) if ((standing[k] as number) > (standing[favourite] as number)) favourite = k;
    standing.fill(0);
    for (const { weights, low, high } of present) {
      const bar = weights[favourite] as number;
      for (let k = 0; k < standing.length; k++) {
        const lead = (weights[k] as number) - bar;
        standing[k] = (standing[k] as number) + lead * (lead > 0 ? high : low);
      }
    }
    const out: number[] = [];
    for (let k = 0; k < standing.length; k++) if ((standing[k] as number) >= 0) out.push(k);
    return out;
  }

  /** Adds up the candidates' sums at every pixel, a mask at a time; the largest wins, the first among equals. */
  #count(tile: Tile, present: readonly Voter[], candidates: readonly number[]): void {
    const pixels = tile.rows * tile.columns;
    const masks = this.#masks;
    candidates.forEach((_, j) => (this.#sums[j] ??= tileBuffer()).fill(0));
    for (const { query, weights } of present) {
      const spoken = candidates.flatMap((k, j) => ((weights[k] as number) > NEGLIGIBLE ? [[weights[k] as number, this.#sums[j] as Float32Array] as const] : []));
      if (spoken.length === 0) continue;
      this.#field.fill(query, tile, masks);
      sigmoidAll(masks);
      for (const [weight, sum] of spoken) for (let i = 0; i < pixels; i++) sum[i] = (sum[i] as number) + weight * (masks[i] as number);
    }
    const best = this.#best.fill(-1);
    candidates.forEach((k, j) => {
      const sum = this.#sums[j] as Float32Array;
      for (let i = 0; i < pixels; i++) {
        if ((sum[i] as number) <= (best[i] as number)) continue;
        best[i] = sum[i] as number;
        this.#winners[i] = k;
      }
    });
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
