/** Which of several weighted masks owns each pixel: the first half of the panoptic merge (spec section 8). */
import { type Bounds, eachRow, type MaskField, type Tile, tileBuffer } from './field.ts';
import { sigmoid } from './scores.ts';

export interface Claim {
  readonly query: number;
  readonly score: number;
}

export interface Ownership {
  /** Index of the owning claim plus one where its own mask is at least one half, else 0. */
  readonly solid: Uint16Array;
  readonly holdings: readonly Holding[];
}

/** What a claim has. */
export interface Holding {
  /** Pixels that it owns. */
  owned: number;
  /** Pixels where its mask is at least one half, as far as the merge had to know. */
  half: number;
  /** Tiles that may hold more of those. */
  readonly unsure: Tile[];
}

/** Owner = argmax of score x sigmoid(mask), the first among equals. */
export function ownership(field: MaskField, claims: readonly Claim[]): Ownership {
  const result: Ownership = { solid: new Uint16Array(field.size.width * field.size.height), holdings: claims.map(() => ({ owned: 0, half: 0, unsure: [] })) };
  if (claims.length === 0) return result;
  const pixels = tileBuffer().length;
  const room: Room = {
    bounds: claims.map(() => ({ least: 0, most: 0 })),
    reach: new Float64Array(claims.length),
    values: tileBuffer(),
    best: new Float64Array(pixels),
    owners: new Uint16Array(pixels),
    inside: new Uint8Array(pixels),
  };
  for (const tile of field.tiles) settle(field, tile, claims, room, result);
  return result;
}

/** Whether a claim owns at least a share of the pixels where its mask is at least one half; looks no longer than it takes to tell. */
export function ownsShare(field: MaskField, { query }: Claim, { owned, half, unsure }: Holding, share: number): boolean {
  const values = tileBuffer();
  let most = unsure.reduce((sum, tile) => sum + tile.rows * tile.columns, half);
  for (const tile of unsure) {
    if (owned / half < share) return false;
    if (owned / most >= share) return true;
    field.fill(query, tile, values);
    const pixels = tile.rows * tile.columns;
    const solid = countSolid(values, pixels);
    half += solid;
    most += solid - pixels;
  }
  return half > 0 && owned / half >= share;
}

function countSolid(values: Float32Array, pixels: number): number {
  let count = 0;
  for (let at = 0; at < pixels; at++) if ((values[at] as number) >= 0) count++;
  return count;
}

/** Room for one tile's work. */
interface Room {
  /** A claim: bounds of its mask logits in the tile. */
  readonly bounds: readonly Bounds[];
  /** A claim: the most that its score x sigmoid(mask) can be in the tile. */
  readonly reach: Float64Array;
  readonly values: Float32Array;
  readonly best: Float64Array;
  readonly owners: Uint16Array;
  /** Whether the owner's own mask is at least one half. */
  readonly inside: Uint8Array;
}

function settle(field: MaskField, tile: Tile, claims: readonly Claim[], room: Room, { solid, holdings }: Ownership): void {
  const pixels = tile.rows * tile.columns;
  const { bounds, reach, values, best, owners, inside } = room;
  let bar = 0;
  for (let i = 0; i < claims.length; i++) {
    const { query, score } = claims[i] as Claim;
    const b = bounds[i] as Bounds;
    field.bounds(query, tile, b);
    reach[i] = score * sigmoid(b.most);
    bar = Math.max(bar, score * sigmoid(b.least));
    if (b.least >= 0) (holdings[i] as Holding).half += pixels;
    else if (b.most >= 0) (holdings[i] as Holding).unsure.push(tile);
  }
  const rivals: number[] = [];
  for (let i = 0; i < claims.length; i++) if ((reach[i] as number) >= bar) rivals.push(i);
  const first = rivals[0] as number;
  const { least, most } = bounds[first] as Bounds;
  // Where one is ahead everywhere, nothing has to be compared; where it lies on one side of one half too, no pixel is looked at.
  if (rivals.length === 1 && (least >= 0 || most < 0)) {
    (holdings[first] as Holding).owned += pixels;
    if (least >= 0) eachRow(tile, field.size, (_, at, columns) => solid.fill(first + 1, at, at + columns));
    return;
  }
  best.fill(-1);
  // The strongest first: what they leave to win at their weakest pixel is out of reach for most of the others.
  let floor = bar;
  for (const i of rivals.sort((a, b) => (reach[b] as number) - (reach[a] as number))) {
    if ((reach[i] as number) < floor) break;
    const { query, score } = claims[i] as Claim;
    field.fill(query, tile, values);
    const holding = holdings[i] as Holding;
    if (holding.unsure.at(-1) === tile) {
      holding.unsure.pop();
      holding.half += countSolid(values, pixels);
    }
    floor = Math.max(floor, claim(i, score, pixels, room));
  }
  for (let at = 0; at < pixels; at++) (holdings[owners[at] as number] as Holding).owned++;
  eachRow(tile, field.size, (inTile, at, columns) => {
    for (let c = 0; c < columns; c++) if (inside[inTile + c] === 1) solid[at + c] = (owners[inTile + c] as number) + 1;
  });
}

/** Gives a claim the pixels where it is the strongest so far, the first among equals. @returns the least strength of any pixel's owner */
function claim(i: number, score: number, pixels: number, { values, best, owners, inside }: Room): number {
  const half = score / 2;
  let floor = Infinity;
  for (let at = 0; at < pixels; at++) {
    const logit = values[at] as number;
    let held = best[at] as number;
    // Most rivals are below one half where another is ahead: no exponential tells more.
    if (logit >= 0 || half >= held) {
      const strength = score / (1 + Math.exp(-logit));
      if (strength > held || (strength === held && i < (owners[at] as number))) {
        best[at] = held = strength;
        owners[at] = i;
        inside[at] = logit >= 0 ? 1 : 0;
      }
    }
    if (held < floor) floor = held;
  }
  return floor;
}
