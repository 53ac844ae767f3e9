/** Which of several weighted masks owns each pixel: the first half of the panoptic merge (spec section 8). */
import { type Bounds, eachPixel, MaskField, type Tile, tileBuffer } from './field.ts';
import type { Decoded, MaskMapping } from './head.ts';
import { sigmoid } from './scores.ts';

export interface Claim {
  readonly query: number;
  readonly score: number;
}

export interface Ownership {
  /** Index of the owning claim plus one where its own mask is at least one half, else 0. */
  readonly solid: Uint16Array;
  /** A claim: pixels that it owns, pixels where its mask is at least one half. */
  readonly owned: Float64Array;
  readonly original: Float64Array;
}

/** Owner = argmax of score x sigmoid(mask), the first among equals. */
export function ownership(decoded: Decoded, claims: readonly Claim[], mapping: MaskMapping): Ownership {
  const field = new MaskField(decoded, mapping);
  const result: Ownership = {
    solid: new Uint16Array(field.size.width * field.size.height),
    owned: new Float64Array(claims.length),
    original: new Float64Array(claims.length),
  };
  if (claims.length === 0) return result;
  const bounds: Bounds[] = claims.map(() => ({ least: 0, most: 0 }));
  const values = claims.map(() => tileBuffer());
  for (const tile of field.tiles) settle(field, tile, claims, bounds, values, result);
  return result;
}

const add = (counts: Float64Array, index: number, n: number): void => {
  counts[index] = (counts[index] as number) + n;
};

function settle(field: MaskField, tile: Tile, claims: readonly Claim[], bounds: readonly Bounds[], values: readonly Float32Array[], result: Ownership): void {
  const pixels = tile.rows * tile.columns;
  let bar = 0;
  claims.forEach(({ query, score }, i) => {
    const b = bounds[i] as Bounds;
    field.bounds(query, tile, b);
    bar = Math.max(bar, score * sigmoid(b.least));
  });
  const rivals: number[] = [];
  claims.forEach(({ query, score }, i) => {
    const { least, most } = bounds[i] as Bounds;
    const rival = score * sigmoid(most) >= bar;
    const crosses = least < 0 && most >= 0;
    if (rival) rivals.push(i);
    if (rival || crosses) field.fill(query, tile, values[i] as Float32Array);
    if (crosses) add(result.original, i, countSolid(values[i] as Float32Array, pixels));
    else if (least >= 0) add(result.original, i, pixels);
  });
  const sole = rivals.length === 1 ? rivals[0] : undefined;
  eachPixel(tile, field.size, (inTile, at) => {
    const owner = sole ?? strongest(inTile, rivals, claims, values);
    add(result.owned, owner, 1);
    if (((values[owner] as Float32Array)[inTile] as number) >= 0) result.solid[at] = owner + 1;
  });
}

function countSolid(values: Float32Array, pixels: number): number {
  let count = 0;
  for (let i = 0; i < pixels; i++) if ((values[i] as number) >= 0) count++;
  return count;
}

function strongest(at: number, rivals: readonly number[], claims: readonly Claim[], values: readonly Float32Array[]): number {
  let best = rivals[0] ?? 0;
  let most = -1;
  for (const i of rivals) {
    const strength = (claims[i] as Claim).score * sigmoid((values[i] as Float32Array)[at] as number);
    if (strength > most) [best, most] = [i, strength];
  }
  return best;
}
