/**
 * Mask logits brought to the output size a tile at a time, and only where they are needed.
 *
 * Most queries are far below zero in most of the picture. The weights of a tile sum to one, so its values lie between
 * the least and largest source logit it touches, widened by what the filter's negative lobes can overshoot: an exact
 * bound, from a few source cells, that tells a head which queries it must look at closely.
 */
import type { LogitPlanes, Size } from '../masks/types.ts';
import { rowOf, type Taps } from '../masks/resample.ts';
import type { MaskMapping } from './head.ts';

/** Output pixels a side: large enough that bounds are cheap beside pixels, small enough that they are tight. */
const SIDE = 16;

/** One axis of a tile: its outputs, the source cells they touch and the largest sum of absolute weights. */
interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly low: number;
  readonly high: number;
  readonly gain: number;
}

export interface Tile {
  readonly y: Stretch;
  readonly x: Stretch;
  readonly rows: number;
  readonly columns: number;
}

/** Least and largest value that a mask can have in a tile. */
export interface Bounds {
  least: number;
  most: number;
}

function stretches(taps: Taps): Stretch[] {
  const out: Stretch[] = [];
  for (let from = 0; from < taps.rows; from += SIDE) {
    const to = Math.min(taps.rows, from + SIDE);
    let [low, high, gain] = [taps.source, 0, 1];
    for (let r = from; r < to; r++) {
      const weights = rowOf(taps, r);
      const start = taps.start[r] as number;
      low = Math.min(low, start);
      high = Math.max(high, start + weights.length);
      gain = Math.max(gain, weights.reduce((sum, w) => sum + Math.abs(w), 0));
    }
    out.push({ from, to, low, high, gain });
  }
  return out;
}

export class MaskField {
  readonly size: Size;
  readonly tiles: readonly Tile[];
  readonly #masks: LogitPlanes;
  readonly #mapping: MaskMapping;
  /** The source rows of a tile, brought to its columns. */
  #across = new Float32Array(0);

  constructor(masks: LogitPlanes, mapping: MaskMapping) {
    this.size = mapping.size;
    this.#masks = masks;
    this.#mapping = mapping;
    const columns = stretches(mapping.x);
    this.tiles = stretches(mapping.y).flatMap((y) => columns.map((x): Tile => ({ y, x, rows: y.to - y.from, columns: x.to - x.from })));
  }

  /** Bounds of a query's logits in a tile, into `out`. */
  bounds(query: number, { y, x }: Tile, out: Bounds): void {
    const { width, height, data } = this.#masks;
    let least = Infinity;
    let most = -Infinity;
    for (let row = y.low; row < y.high; row++) {
      const from = query * width * height + row * width;
      for (let i = from + x.low; i < from + x.high; i++) {
        // No branches: which way the next logit goes can not be guessed.
        least = Math.min(least, data[i] as number);
        most = Math.max(most, data[i] as number);
      }
    }
    // A little more than exact, for the rounding of float32 weights.
    const over = ((y.gain * x.gain - 1) / 2 + 1e-4) * (most - least) + 1e-4;
    out.least = least - over;
    out.most = most + over;
  }

  /** A query's logits in a tile, row-major, into `out` (at least SIDE x SIDE). */
  fill(query: number, tile: Tile, out: Float32Array): void {
    const { y, x, rows, columns } = tile;
    const { width, height, data } = this.#masks;
    const lines = y.high - y.low;
    if (this.#across.length < lines * columns) this.#across = new Float32Array(lines * columns);
    const across = this.#across;
    // Along the few source rows first: what is left is a sum of whole lines, a weight each. Four sums at a time: one alone
    // waits for its own last addition, which takes longer than the other three.
    const tx = this.#mapping.x;
    for (let c = 0; c < columns; c++) {
      const first = tx.offset[x.from + c] as number;
      const last = tx.offset[x.from + c + 1] as number;
      let from = (query * height + y.low) * width + (tx.start[x.from + c] as number);
      let line = 0;
      for (; line + 4 <= lines; line += 4, from += 4 * width) {
        let [s0, s1, s2, s3] = [0, 0, 0, 0];
        for (let k = first, i = from; k < last; k++, i++) {
          const w = tx.values[k] as number;
          s0 += w * (data[i] as number);
          s1 += w * (data[i + width] as number);
          s2 += w * (data[i + 2 * width] as number);
          s3 += w * (data[i + 3 * width] as number);
        }
        const to = line * columns + c;
        across[to] = s0;
        across[to + columns] = s1;
        across[to + 2 * columns] = s2;
        across[to + 3 * columns] = s3;
      }
      for (; line < lines; line++, from += width) {
        let sum = 0;
        for (let k = first, i = from; k < last; k++, i++) sum += (tx.values[k] as number) * (data[i] as number);
        across[line * columns + c] = sum;
      }
    }
    const ty = this.#mapping.y;
    for (let row = 0; row < rows; row++) {
      const first = ty.offset[y.from + row] as number;
      const last = ty.offset[y.from + row + 1] as number;
      const from = ((ty.start[y.from + row] as number) - y.low) * columns;
      const to = row * columns;
      let c = 0;
      for (; c + 4 <= columns; c += 4) {
        let [s0, s1, s2, s3] = [0, 0, 0, 0];
        for (let k = first, i = from + c; k < last; k++, i += columns) {
          const w = ty.values[k] as number;
          s0 += w * (across[i] as number);
          s1 += w * (across[i + 1] as number);
          s2 += w * (across[i + 2] as number);
          s3 += w * (across[i + 3] as number);
        }
        out[to + c] = s0;
        out[to + c + 1] = s1;
        out[to + c + 2] = s2;
        out[to + c + 3] = s3;
      }
      for (; c < columns; c++) {
        let sum = 0;
        for (let k = first, i = from + c; k < last; k++, i += columns) sum += (ty.values[k] as number) * (across[i] as number);
        out[to + c] = sum;
      }
    }
  }
}

/** Room for the values of one tile. */
export const tileBuffer = (): Float32Array => new Float32Array(SIDE * SIDE);

/** Calls back with where each row of a tile begins, in the tile and in the whole map, and how long it is. */
export function eachRow({ y, x, rows, columns }: Tile, size: Size, visit: (inTile: number, inMap: number, columns: number) => void): void {
  for (let r = 0; r < rows; r++) visit(r * columns, (y.from + r) * size.width + x.from, columns);
}
