/** Which region is where: lookups in the map of regions, no engine call. */
import type { Box, Mask, Point, Size } from '../masks/types.ts';
import type { Regions } from './vault.ts';

/** Region at a point of the picture; null outside and where there is none. */
export function regionAt({ ids, size }: Regions, picture: Size, { x, y }: Point): number | null {
  const column = Math.floor((x * size.width) / picture.width);
  const row = Math.floor((y * size.height) / picture.height);
  if (column < 0 || row < 0 || column >= size.width || row >= size.height) return null;
  return ids[row * size.width + column] || null;
}

/** A region counts as inside a box when most of it is. */
const INSIDE = 0.6;

export function regionsIn({ ids, size, count }: Regions, picture: Size, box: Box): number[] {
  const left = (box[0] * size.width) / picture.width;
  const top = (box[1] * size.height) / picture.height;
  const right = left + (box[2] * size.width) / picture.width;
  const bottom = top + (box[3] * size.height) / picture.height;
  const inside = new Uint32Array(count + 1);
  const whole = new Uint32Array(count + 1);
  for (let y = 0, i = 0; y < size.height; y++) {
    const rowIn = y >= top && y < bottom;
    for (let x = 0; x < size.width; x++, i++) {
      const id = ids[i] as number;
      whole[id] = (whole[id] as number) + 1;
      if (rowIn && x >= left && x < right) inside[id] = (inside[id] as number) + 1;
    }
  }
  return [...inside.keys()].filter((id) => id > 0 && (whole[id] as number) > 0 && (inside[id] as number) / (whole[id] as number) >= INSIDE);
}

/** The region that most of a mask lies on, whatever the mask's size; null where it lies on none, or mostly beside them. */
export function regionUnder({ ids, size, count }: Regions, mask: Mask): number | null {
  const shared = new Uint32Array(count + 1);
  for (let y = 0, i = 0; y < mask.height; y++) {
    const row = Math.floor((y * size.height) / mask.height) * size.width;
    for (let x = 0; x < mask.width; x++, i++) {
      if (mask.data[i] !== 1) continue;
      const id = ids[row + Math.floor((x * size.width) / mask.width)] as number;
      shared[id] = (shared[id] as number) + 1;
    }
  }
  const most = shared.indexOf(Math.max(...shared));
  return most > 0 ? most : null;
}
