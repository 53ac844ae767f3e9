/** A mask that obeys marks: the aim of f-BRS (Sofiiuk et al., CVPR 2020), here in closed form. */
import type { LogitPlanes } from '../masks/types.ts';
import type { Placement } from './head.ts';
import { sigmoidAll } from './scores.ts';
import type { Click } from './types.ts';

/** Mask logits that a click is brought to, on its side; how much a change costs; how far one reaches, as a share of a side. */
const MARGIN = 3;
const RIDGE = 0.1;
const REACH = 0.2;

/**
 * Mask logits of one plane, changed as little as brings every click to MARGIN logits on its side.
 *
 * The change is a kernel ridge regression on the clicks. Two places count as alike, and share it, where all masks put them
 * in the same regions, the more so the nearer they are. Clicks that are right by MARGIN already hold the mask where it is.
 */
export function corrected(mask: Float32Array, masks: LogitPlanes, clicks: readonly Click[], placement: Placement): Float32Array {
  const places = clicks.map((click) => cellOf(click, masks, placement));
  const lacking = clicks.map(({ positive }, i) => {
    const side = positive ? 1 : -1;
    return side * Math.max(0, MARGIN - side * at(mask, places[i]));
  });
  if (lacking.every((lack) => lack === 0)) return mask;
  const kernels = likeness(places, masks);
  const weights = solve(kernels.map((_, i) => kernels.map((kernel, j) => at(kernel, places[i]) + (i === j ? RIDGE : 0))), lacking);
  const changed = Float32Array.from(mask);
  kernels.forEach((kernel, k) => kernel.forEach((alike, i) => (changed[i] = at(changed, i) + at(weights, k) * alike)));
  return changed;
}

/** Mask logits of one plane with nothing outside a box, 1 inside it. */
export function within(mask: Float32Array, box: Uint8Array | null): Float32Array {
  return box ? mask.map((logit, i) => (box[i] === 1 ? logit : Math.min(logit, -MARGIN))) : mask;
}

const at = (values: ArrayLike<number>, i: number | undefined): number => values[i as number] as number;

function cellOf({ x, y }: Click, masks: LogitPlanes, { picture, content, padded }: Placement): number {
  const cell = (place: number, side: 'width' | 'height'): number => Math.min(masks[side] - 1, Math.max(0, Math.floor(((place * (content[side] / picture[side])) / padded[side]) * masks[side])));
  return cell(y, 'height') * masks.width + cell(x, 'width');
}

/** For each place a plane: cosine of what all masks say here and there, less the farther here is from there. */
function likeness(places: readonly number[], { data, count, width, height }: LogitPlanes): Float32Array[] {
  const plane = width * height;
  const [squares, inside] = [new Float32Array(plane), new Float32Array(plane)];
  const products = places.map(() => new Float32Array(plane));
  for (let query = 0; query < count; query++) {
    inside.set(data.subarray(query * plane, (query + 1) * plane));
    sigmoidAll(inside);
    for (let i = 0; i < plane; i++) squares[i] = at(squares, i) + at(inside, i) ** 2;
    products.forEach((product, k) => {
      const there = at(inside, places[k]);
      // Most masks have most places outside.
      if (there > 1e-4) for (let i = 0; i < plane; i++) product[i] = at(product, i) + there * at(inside, i);
    });
  }
  const lengths = squares.map((square) => Math.max(1e-6, Math.sqrt(square)));
  return products.map((product, k) => {
    const place = places[k] as number;
    return product.map((value, i) => {
      const down = (Math.floor(i / width) - Math.floor(place / width)) / height;
      const across = ((i % width) - (place % width)) / width;
      return (value / (at(lengths, i) * at(lengths, place))) * Math.exp(-(down ** 2 + across ** 2) / (2 * REACH ** 2));
    });
  });
}

/** x of A x = b for a symmetric positive definite A, by Gauss-Jordan elimination. */
function solve(a: readonly (readonly number[])[], b: readonly number[]): number[] {
  const rows = a.map((row, i) => [...row, at(b, i)]);
  rows.forEach((pivot, p) => {
    for (const row of rows) {
      if (row === pivot) continue;
      const factor = at(row, p) / at(pivot, p);
      pivot.forEach((value, c) => (row[c] = at(row, c) - factor * value));
    }
  });
  return rows.map((row, i) => at(row, row.length - 1) / at(row, i));
}
