/**
 * One-dimensional resampling weights, and planes resampled with them.
 *
 * The official code resizes masks with antialiased bicubic filters (a = -0.5, support widened by the scale when
 * shrinking, clipped at the border and renormalised). A resize is linear and separable, so any chain of resizes and
 * crops along an axis is one sparse matrix: see `compose`.
 */

/** A sparse matrix of `rows` outputs over `source` inputs: row r has values[offset[r]..offset[r+1]] from column start[r] on. */
export interface Taps {
  readonly source: number;
  readonly rows: number;
  readonly start: Int32Array;
  readonly offset: Int32Array;
  readonly values: Float32Array;
}

function fromRows(source: number, start: Int32Array, rows: readonly Float32Array[]): Taps {
  const offset = new Int32Array(rows.length + 1);
  rows.forEach((row, r) => (offset[r + 1] = (offset[r] ?? 0) + row.length));
  const values = new Float32Array(offset[rows.length] ?? 0);
  rows.forEach((row, r) => values.set(row, offset[r]));
  return { source, rows: rows.length, start, offset, values };
}

/** Weights of one row. */
export function rowOf(taps: Taps, row: number): Float32Array {
  return taps.values.subarray(taps.offset[row], taps.offset[row + 1]);
}

const cubic = (x: number): number => {
  const a = -0.5;
  const t = Math.abs(x);
  if (t < 1) return ((a + 2) * t - (a + 3)) * t * t + 1;
  if (t < 2) return ((a * t - 5 * a) * t + 8 * a) * t - 4 * a;
  return 0;
};

const triangle = (x: number): number => Math.max(0, 1 - Math.abs(x));

export type ResizeKind = 'bicubic-antialias' | 'bilinear-antialias' | 'bilinear';

/** Weights of a resize from `source` to `target` samples, half-pixel centres. */
export function resizeTaps(source: number, target: number, kind: ResizeKind): Taps {
  const scale = source / target;
  const start = new Int32Array(target);
  const weights: Float32Array[] = [];
  const filterScale = kind === 'bilinear' ? 1 : Math.max(scale, 1);
  const filter = kind === 'bicubic-antialias' ? cubic : triangle;
  const support = (kind === 'bicubic-antialias' ? 2 : 1) * filterScale;
  for (let row = 0; row < target; row++) {
    let centre = (row + 0.5) * scale;
    // Without antialias the border sample is repeated instead of the weights being renormalised.
    if (kind === 'bilinear') centre = Math.min(Math.max(centre, 0.5), source - 0.5);
    const low = Math.max(0, Math.floor(centre - support + 0.5));
    const high = Math.min(source, Math.floor(centre + support + 0.5));
    const values = new Float64Array(high - low);
    let sum = 0;
    for (let i = low; i < high; i++) {
      const value = filter((i + 0.5 - centre) / filterScale);
      values[i - low] = value;
      sum += value;
    }
    start[row] = low;
    weights.push(Float32Array.from(values, (v) => v / sum));
  }
  return fromRows(source, start, weights);
}

/**
 * Weights of a linear interpolation from `source` to `target` cells that lie `scale` source cells apart and begin at the
 * same edge; beyond the last source cell its value is repeated. For a scale that is not the ratio of both: cells of two
 * grids that are padded differently.
 */
export function scaledTaps(source: number, target: number, scale: number): Taps {
  const start = new Int32Array(target);
  const rows = Array.from({ length: target }, (_, row) => {
    const at = Math.min(Math.max((row + 0.5) * scale - 0.5, 0), source - 1);
    const low = (start[row] = Math.floor(at));
    return low === at ? Float32Array.of(1) : Float32Array.of(low + 1 - at, at - low);
  });
  return fromRows(source, start, rows);
}

/** Some outputs in a row: a crop, or a band of a picture. */
export function slice(taps: Taps, from: number, to: number): Taps {
  return { source: taps.source, rows: to - from, start: taps.start.subarray(from, to), offset: taps.offset.subarray(from, to + 1), values: taps.values };
}

/** `second` after `first`, as one matrix. */
export function compose(first: Taps, second: Taps): Taps {
  const start = new Int32Array(second.rows);
  const rows = Array.from({ length: second.rows }, (_, row) => {
    const outer = rowOf(second, row);
    const from = second.start[row] ?? 0;
    let low = first.source;
    let high = 0;
    for (let i = from; i < from + outer.length; i++) {
      const begin = first.start[i] ?? 0;
      low = Math.min(low, begin);
      high = Math.max(high, begin + rowOf(first, i).length);
    }
    const joined = new Float64Array(high - low);
    outer.forEach((weight, i) => {
      const shift = (first.start[from + i] ?? 0) - low;
      rowOf(first, from + i).forEach((value, k) => (joined[shift + k] = (joined[shift + k] ?? 0) + weight * value));
    });
    start[row] = low;
    return Float32Array.from(joined);
  });
  return fromRows(first.source, start, rows);
}

/** The dense (rows x source) matrix, row-major: what the exported graphs take as input. */
export function dense(taps: Taps): Float32Array {
  const matrix = new Float32Array(taps.rows * taps.source);
  for (let r = 0; r < taps.rows; r++) matrix.set(rowOf(taps, r), r * taps.source + (taps.start[r] ?? 0));
  return matrix;
}

/**
 * One plane of (y.source x x.source) values resampled to (y.rows x x.rows).
 *
 * @param out receives y.rows x x.rows values; reused between planes so that nothing large is allocated a query
 */
export function resamplePlane(plane: Float32Array, y: Taps, x: Taps, out: Float32Array): void {
  const columns = x.rows;
  const line = new Float32Array(x.source);
  for (let row = 0; row < y.rows; row++) {
    line.fill(0);
    const top = y.start[row] as number;
    const first = y.offset[row] as number;
    const last = y.offset[row + 1] as number;
    for (let k = first; k < last; k++) {
      const weight = y.values[k] as number;
      const from = (top + k - first) * x.source;
      for (let c = 0; c < x.source; c++) line[c] = (line[c] as number) + weight * (plane[from + c] as number);
    }
    const base = row * columns;
    for (let c = 0; c < columns; c++) {
      const end = x.offset[c + 1] as number;
      let sum = 0;
      for (let k = x.offset[c] as number, at = x.start[c] as number; k < end; k++, at++) sum += (x.values[k] as number) * (line[at] as number);
      out[base + c] = sum;
    }
  }
}
