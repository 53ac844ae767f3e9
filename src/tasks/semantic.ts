/**
 * Semantic segmentation head (spec section 8): a pixel gets the name with the largest sum over the queries of class
 * probability x mask probability.
 *
 * Names x queries x pixels is far too much to add up in full. In a part of the picture every mask lies between two bounds,
 * and so does the lead of any name over the one that seems to win there. Parts are cut smaller until one name is left, or a
 * block of pixels in which only the names that may be level are added up. Most tiles have one name and no sums.
 */
import type { LogitPlanes } from '../masks/types.ts';
import { type Bounds, eachRow, MaskField, type Tile, tileBuffer } from './field.ts';
import type { Decoded, MaskMapping } from './head.ts';
import { classProbabilities, type Rows, row, sigmoid, sigmoidAll } from './scores.ts';
import type { SemanticOutput } from './types.ts';

/** Probabilities below this are left out: all queries' together can't make a visible difference. */
const NEGLIGIBLE = 1e-5;
/** Pixels a side of a block, which is not cut any more. */
const BLOCK = 4;
/** Of the share that a name has in a picture: what no query speaks for may still win a pixel. */
const LEAST_SHARE = 1e-4;
/** By so much, of sums that are near 1, a lead may be wrong. */
const SLACK = 5e-4;

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
  /** What class logits are divided by: above 1, a query is less sure of its one name. */
  readonly temperature: number;
  /** Power of a name's share of the picture that its sums are multiplied by; 0 as the model has it. */
  readonly prior: number;
}

export function semantic(
  { embeddings, masks }: Decoded,
  text: Rows,
  names: readonly string[],
  logitScale: number,
  mapping: MaskMapping,
  { background, temperature, prior }: SemanticOptions,
): SemanticOutput {
  const field = new MaskField(masks, mapping);
  const voters = votersOf(classProbabilities(embeddings, text, logitScale / temperature, background), names.length);
  if (prior !== 0) favour(voters, shares(voters, masks, names.length), prior);
  const election = new Election(field, voters, names.length);
  const labels = new Uint16Array(field.size.width * field.size.height);
  for (const tile of field.tiles) election.decide(tile, labels);
  return { size: field.size, labels, present: presentIn(labels, names) };
}

/**
 * The share of the picture that each name has by the sums of all voters (docs/decisions/0016).
 *
 * A picture shows few things: what much of it is called by is likelier for the rest of it as well (after Saerens et al.,
 * "Adjusting the Outputs of a Classifier to New a Priori Probabilities", 2002).
 */
function shares(voters: readonly Voter[], { width, height, data }: LogitPlanes, classes: number): Float64Array {
  const found = new Float64Array(classes);
  for (const { query, weights } of voters) {
    const values = data.slice(query * width * height, (query + 1) * width * height);
    sigmoidAll(values);
    const area = values.reduce((sum, value) => sum + value, 0);
    for (let k = 0; k < classes; k++) found[k] = (found[k] as number) + area * (weights[k] as number);
  }
  const all = found.reduce((sum, area) => sum + area, 0);
  return found.map((area) => Math.max(area / all, LEAST_SHARE));
}

/** Multiplies what voters give each name. */
function favour(voters: readonly Voter[], share: Float64Array, power: number): void {
  const factors = share.map((s) => s ** power);
  for (const { weights } of voters) for (let k = 0; k < weights.length; k++) weights[k] = (weights[k] as number) * (factors[k] as number);
}

/** Decides tiles; holds what is computed between them. */
class Election {
  readonly #field: MaskField;
  readonly #voters: readonly Voter[];
  /** A name: a sum that it has or may have, or its largest possible lead over the favourite. */
  readonly #standing: Float64Array;
  readonly #nothing: Float64Array;
  readonly #winners = new Uint16Array(tileBuffer().length);
  /** Mask probabilities in the tile, of the voters that are looked at: a buffer each, made when first needed. */
  readonly #values: Float32Array[] = [];

  constructor(field: MaskField, voters: readonly Voter[], classes: number) {
    this.#field = field;
    this.#voters = voters;
    this.#standing = new Float64Array(classes);
    this.#nothing = new Float64Array(classes);
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
    const [low, high] = [new Float64Array(present.length), new Float64Array(present.length)];
    present.forEach((voter, v) => {
      low[v] = voter.low;
      high[v] = voter.high;
    });
    return mayWin({ even: this.#nothing, weights: present.map((voter) => voter.weights), low, high }, this.#standing);
  }

  /** Looks at the masks themselves, of those that matter, in smaller and smaller parts of the tile. */
  #count(tile: Tile, present: readonly Voter[], candidates: readonly number[]): void {
    const [looked, even] = parted(present, candidates);
    looked.forEach(({ query }, v) => {
      const values = (this.#values[v] ??= tileBuffer());
      this.#field.fill(query, tile, values);
      sigmoidAll(values);
    });
    const sums = new Float64Array(candidates.length);
    for (const voter of even) {
      const middle = (voter.low + voter.high) / 2;
      for (let j = 0; j < sums.length; j++) sums[j] = (sums[j] as number) + middle * (voter.weights[candidates[j] as number] as number);
    }
    const ballot = { even: sums, weights: looked.map((voter) => among(voter.weights, candidates)), low: new Float64Array(looked.length), high: new Float64Array(looked.length) };
    this.#settle({ top: 0, left: 0, bottom: tile.rows, right: tile.columns }, tile.columns, ballot, candidates);
  }

  /** In a part of the tile masks change less, so fewer names may win there; in a block only theirs are added up a pixel. */
  #settle(part: Part, columns: number, ballot: Ballot, candidates: readonly number[]): void {
    const { top, left, bottom, right } = part;
    this.#measure(part, columns, ballot);
    const able = mayWin(ballot, this.#standing);
    const names = able.map((j) => candidates[j] as number);
    if (names.length === 1) {
      for (let y = top; y < bottom; y++) this.#winners.fill(names[0] as number, y * columns + left, y * columns + right);
      return;
    }
    const narrowed: Ballot = { ...ballot, even: among(ballot.even, able), weights: ballot.weights.map((w) => among(w, able)) };
    if (bottom - top <= BLOCK && right - left <= BLOCK) {
      for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) this.#winners[y * columns + x] = names[this.#best(narrowed, y * columns + x)] as number;
      return;
    }
    const [middle, centre] = [half(top, bottom), half(left, right)];
    for (const [from, to] of [[top, middle], [middle, bottom]] as const) for (const [start, end] of [[left, centre], [centre, right]] as const) {
      if (from < to && start < end) this.#settle({ top: from, bottom: to, left: start, right: end }, columns, narrowed, names);
    }
  }

  /** Bounds of the masks in a part. */
  #measure({ top, left, bottom, right }: Part, columns: number, { low, high }: Ballot): void {
    for (let v = 0; v < low.length; v++) {
      const values = this.#values[v] as Float32Array;
      let [least, most] = [1, 0];
      for (let y = top; y < bottom; y++) for (let at = y * columns + left; at < y * columns + right; at++) {
        least = Math.min(least, values[at] as number);
        most = Math.max(most, values[at] as number);
      }
      low[v] = least;
      high[v] = most;
    }
  }

  /** Which name has the largest sum at a pixel, the first among equals. */
  #best({ even, weights }: Ballot, at: number): number {
    const sums = this.#standing;
    sums.set(even);
    for (let v = 0; v < weights.length; v++) {
      const [own, value] = [weights[v] as Float32Array, this.#values[v]?.[at] as number];
      for (let k = 0; k < own.length; k++) sums[k] = (sums[k] as number) + (own[k] as number) * value;
    }
    let best = 0;
    for (let k = 1; k < even.length; k++) if ((sums[k] as number) > (sums[best] as number)) best = k;
    return best;
  }
}

/** Rows and columns of a tile. */
interface Part {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

/** Where to cut, so that parts are whole blocks. */
const half = (from: number, to: number): number => Math.min(to, from + Math.max(BLOCK, (to - from) >> 1));

/** What is known of a place: the sum that each name has anyhow, and for each voter its weights and the bounds of its mask. */
interface Ballot {
  readonly even: Float64Array;
  readonly weights: readonly Float32Array[];
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/** Numbers of these names alone. */
function among<T extends Float32Array | Float64Array>(numbers: T, names: readonly number[]): T {
  const out = numbers.slice(0, names.length) as T;
  for (let j = 0; j < out.length; j++) out[j] = numbers[names[j] as number] as number;
  return out;
}

/** Names that may have the largest sum, in their order. @param standing room for as many numbers as there are names */
function mayWin({ even, weights, low, high }: Ballot, standing: Float64Array): number[] {
  const names = even.length;
  standing.set(even);
  for (let v = 0; v < weights.length; v++) {
    const own = weights[v] as Float32Array;
    const middle = ((low[v] as number) + (high[v] as number)) / 2;
    for (let k = 0; k < names; k++) standing[k] = (standing[k] as number) + middle * (own[k] as number);
  }
  let favourite = 0;
  for (let k = 1; k < names; k++) if ((standing[k] as number) > (standing[favourite] as number)) favourite = k;
  for (let k = 0; k < names; k++) standing[k] = (even[k] as number) - (even[favourite] as number);
  for (let v = 0; v < weights.length; v++) {
    const own = weights[v] as Float32Array;
    const [mine, least, most] = [own[favourite] as number, low[v] as number, high[v] as number];
    for (let k = 0; k < names; k++) {
      const lead = (own[k] as number) - mine;
      standing[k] = (standing[k] as number) + (lead > 0 ? lead * most : lead * least);
    }
  }
  const out: number[] = [];
  for (let k = 0; k < names; k++) if ((standing[k] as number) >= 0) out.push(k);
  return out;
}

/** Voters to look at pixel by pixel, and those whose masks are so even in the tile that their middle stands for them. */
function parted(present: readonly Voter[], candidates: readonly number[]): readonly [Voter[], Voter[]] {
  const ranked = present.map((voter): readonly [Voter, number] => {
    let [least, most] = [1, 0];
    for (const k of candidates) {
      least = Math.min(least, voter.weights[k] as number);
      most = Math.max(most, voter.weights[k] as number);
    }
    // By which a lead of one candidate over another may be wrong.
    return [voter, ((voter.high - voter.low) / 2) * (most - least)];
  });
  ranked.sort((a, b) => a[1] - b[1]);
  let [wrong, count] = [0, 0];
  while (count < ranked.length && (wrong += ranked[count]?.[1] ?? 0) <= SLACK) count++;
  const voters = ranked.map(([voter]) => voter);
  return [voters.slice(count), voters.slice(0, count)];
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
