/** Which of several weighted masks owns each pixel: the first half of the panoptic merge (spec section 8). */
import { type Bounds, MaskField, type Tile, tileBuffer } from './field.ts';
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
  const pixels = tileBuffer().length;
  const room: Room = { values: tileBuffer(), best: new Float64Array(pixels), owners: new Uint16Array(pixels), inside: new Uint8Array(pixels) };
  for (const tile of field.tiles) settle(field, tile, claims, bounds, room, result);
  return result;
}

const add = (counts: Float64Array, index: number, n: number): void => {
  counts[index] = (counts[index] as number) + n;
};

/** Room for one tile's work. */
interface Room {
  readonly values: Float32Array;
  readonly best: Float64Array;
  readonly owners: Uint16Array;
  /** Whether the owner's own mask is at least one half. */
  readonly inside: Uint8Array;
}

function settle(field: MaskField, tile: Tile, claims: readonly Claim[], bounds: readonly Bounds[], room: Room, result: Ownership): void {
  const pixels = tile.rows * tile.columns;
  let bar = 0;
  for (let i = 0; i < claims.length; i++) {
    const { query, score } = claims[i] as Claim;
    const b = bounds[i] as Bounds;
    field.bounds(query, tile, b);
    bar = Math.max(bar, score * sigmoid(b.least));
  }
  const rivals: number[] = [];
  for (let i = 0; i < claims.length; i++) if ((claims[i] as Claim).score * sigmoid((bounds[i] as Bounds).most) >= bar) rivals.push(i);
  // Where one is ahead everywhere, nothing has to be compared; where it lies on one side of one half too, no pixel is looked at.
  const only = rivals.length === 1 ? (rivals[0] as number) : -1;
  const { values, best, owners, inside } = room;
  if (only >= 0) {
    owners.fill(only);
    inside.fill((bounds[only] as Bounds).least >= 0 ? 1 : 0);
  } else best.fill(-1);
  for (let i = 0; i < claims.length; i++) {
    const { query, score } = claims[i] as Claim;
    const { least, most } = bounds[i] as Bounds;
    const crosses = least < 0 && most >= 0;
    const rival = only < 0 && rivals.includes(i);
    if (least >= 0) add(result.original, i, pixels);
    if (!crosses && !rival) continue;
    field.fill(query, tile, values);
    if (crosses) add(result.original, i, countSolid(values, pixels));
    if (i === only) for (let at = 0; at < pixels; at++) inside[at] = (values[at] as number) >= 0 ? 1 : 0;
    if (!rival) continue;
    const half = score / 2;
    for (let at = 0; at < pixels; at++) {
      const logit = values[at] as number;
      // Most rivals are below one half where another is ahead: no exponential tells more.
      if (logit < 0 && half <= (best[at] as number)) continue;
      const strength = score / (1 + Math.exp(-logit));
      if (strength <= (best[at] as number)) continue;
      best[at] = strength;
      owners[at] = i;
      inside[at] = logit >= 0 ? 1 : 0;
    }
  }
  if (only >= 0) add(result.owned, only, pixels);
  else for (let at = 0; at < pixels; at++) add(result.owned, owners[at] as number, 1);
  for (let r = 0, at = 0; r < tile.rows; r++) {
    const line = (tile.y.from + r) * field.size.width + tile.x.from;
    for (let c = 0; c < tile.columns; c++, at++) if (inside[at] === 1) result.solid[line + c] = (owners[at] as number) + 1;
  }
}

function countSolid(values: Float32Array, pixels: number): number {
  let count = 0;
  for (let i = 0; i < pixels; i++) if ((values[i] as number) >= 0) count++;
  return count;
}
