/**
 * Resizing 8-bit pictures exactly as Pillow does, so that the browser, Node and Python feed the same numbers.
 *
 * Separable, antialiased (support widened when shrinking), weights rounded to 22 bits, each pass rounded to 8 bits,
 * rows first, then columns (Pillow before 13, and what the offline half asks of any version); an axis that keeps its
 * length is not touched. Source: Pillow, src/libImaging/Resample.c.
 * The picture comes in strips, so a 48-megapixel photo is never held as raw bytes.
 */
import type { Box, Size } from '../../masks/types.ts';
import { Recent } from './recent.ts';

export type Filter = 'bilinear' | 'bicubic';

/** Rows of RGBA bytes, asked for from top to bottom. */
export interface PixelRows extends Size {
  rows(top: number, count: number): Uint8Array | Uint8ClampedArray;
}

/** A part of a picture, in its pixels, as a picture. */
export function partOf(source: PixelRows, [left, top, width, height]: Box): PixelRows {
  return {
    width,
    height,
    rows(first, count) {
      const whole = source.rows(top + first, count);
      const out = new Uint8Array(width * count * 4);
      for (let y = 0; y < count; y++) out.set(whole.subarray((y * source.width + left) * 4, (y * source.width + left + width) * 4), y * width * 4);
      return out;
    },
  };
}

const PRECISION = 22;
const HALF = 1 << (PRECISION - 1);

const FILTERS: Record<Filter, { support: number; weight: (x: number) => number }> = {
  bilinear: { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: {
    support: 2,
    weight: (x) => {
      const a = -0.5;
      const t = Math.abs(x);
      if (t < 1) return ((a + 2) * t - (a + 3)) * t * t + 1;
      return t < 2 ? (((t - 5) * t + 8) * t - 4) * a : 0;
    },
  },
};

interface Axis {
  readonly start: Int32Array;
  readonly taps: Int32Array;
  /** target x stride fixed-point weights. */
  readonly weights: Int32Array;
  readonly stride: number;
}

const AXES = new Recent<Axis>(8);

const axisOf = (source: number, target: number, filter: Filter): Axis => AXES.of(`${source} ${target} ${filter}`, () => weigh(source, target, filter));

function weigh(source: number, target: number, filter: Filter): Axis {
  const { support: radius, weight } = FILTERS[filter];
  const scale = source / target;
  const widen = Math.max(scale, 1);
  // Multiplied by the inverse, as Pillow does: a division rounds differently once in a few thousand bytes.
  const narrow = 1 / widen;
  const support = radius * widen;
  const stride = Math.ceil(support) * 2 + 1;
  const start = new Int32Array(target);
  const taps = new Int32Array(target);
  const weights = new Int32Array(target * stride);
  for (let i = 0; i < target; i++) {
    const centre = (i + 0.5) * scale;
    const low = Math.max(0, Math.trunc(centre - support + 0.5));
    const high = Math.min(source, Math.trunc(centre + support + 0.5));
    const row = Array.from({ length: high - low }, (_, k) => weight((low + k - centre + 0.5) * narrow));
    const sum = row.reduce((a, b) => a + b, 0);
    start[i] = low;
    taps[i] = high - low;
    row.forEach((w, k) => {
      const fixed = (sum === 0 ? w : w / sum) * (1 << PRECISION);
      weights[i * stride + k] = Math.trunc(fixed < 0 ? fixed - 0.5 : fixed + 0.5);
    });
  }
  return { start, taps, weights, stride };
}

const clip8 = (sum: number): number => {
  const value = sum >> PRECISION;
  return value < 0 ? 0 : value > 255 ? 255 : value;
};

/** One row of RGBA to `target.width` pixels of RGB. */
function shrinkRow(source: Uint8Array | Uint8ClampedArray, from: number, axis: Axis | null, out: Uint8Array, to: number, width: number): void {
  if (!axis) {
    for (let x = 0; x < width; x++) for (let c = 0; c < 3; c++) out[to + x * 3 + c] = source[from + x * 4 + c] as number;
    return;
  }
  const { start, taps, weights, stride } = axis;
  for (let x = 0; x < width; x++) {
    let r = HALF;
    let g = HALF;
    let b = HALF;
    const first = x * stride;
    const last = first + (taps[x] as number);
    for (let k = first, p = from + (start[x] as number) * 4; k < last; k++, p += 4) {
      const w = weights[k] as number;
      r = (r + Math.imul(w, source[p] as number)) | 0;
      g = (g + Math.imul(w, source[p + 1] as number)) | 0;
      b = (b + Math.imul(w, source[p + 2] as number)) | 0;
    }
    const at = to + x * 3;
    out[at] = clip8(r);
    out[at + 1] = clip8(g);
    out[at + 2] = clip8(b);
  }
}

/** Source rows handled at a time. */
const STRIP = 256;

/** @returns height x width x 3 bytes, RGB; alpha is ignored (decoders flatten onto white). */
export function resizePicture(source: PixelRows, target: Size, filter: Filter): Uint8Array {
  const horizontal = source.width === target.width ? null : axisOf(source.width, target.width, filter);
  const narrow = new Uint8Array(target.width * source.height * 3);
  for (let top = 0; top < source.height; top += STRIP) {
    const count = Math.min(STRIP, source.height - top);
    const strip = source.rows(top, count);
    for (let y = 0; y < count; y++) {
      shrinkRow(strip, y * source.width * 4, horizontal, narrow, (top + y) * target.width * 3, target.width);
    }
  }
  if (source.height === target.height) return narrow;
  const vertical = axisOf(source.height, target.height, filter);
  const line = target.width * 3;
  const out = new Uint8Array(target.height * line);
  for (let y = 0; y < target.height; y++) {
    const first = y * vertical.stride;
    shrinkColumns(narrow, (vertical.start[y] as number) * line, vertical.weights.subarray(first, first + (vertical.taps[y] as number)), out, y * line, line);
  }
  return out;
}

/** One row of output: bytes one line apart, weighted. Four at a time: one sum alone waits for its own last addition. */
function shrinkColumns(source: Uint8Array, from: number, weights: Int32Array, out: Uint8Array, to: number, line: number): void {
  let i = 0;
  for (; i + 4 <= line; i += 4) {
    let [s0, s1, s2, s3] = [HALF, HALF, HALF, HALF];
    for (let k = 0, p = from + i; k < weights.length; k++, p += line) {
      const w = weights[k] as number;
      s0 = (s0 + Math.imul(w, source[p] as number)) | 0;
      s1 = (s1 + Math.imul(w, source[p + 1] as number)) | 0;
      s2 = (s2 + Math.imul(w, source[p + 2] as number)) | 0;
      s3 = (s3 + Math.imul(w, source[p + 3] as number)) | 0;
    }
    out[to + i] = clip8(s0);
    out[to + i + 1] = clip8(s1);
    out[to + i + 2] = clip8(s2);
    out[to + i + 3] = clip8(s3);
  }
  for (; i < line; i++) {
    let sum = HALF;
    for (let k = 0, p = from + i; k < weights.length; k++, p += line) sum = (sum + Math.imul(weights[k] as number, source[p] as number)) | 0;
    out[to + i] = clip8(sum);
  }
}
