/** Area and bounding box of masks and of the segments of an id map. */
import type { Box, Mask, Size } from './types.ts';

export interface Extent {
  readonly area: number;
  readonly bbox: Box;
}

/** Extent of every id 0..count in a map; ids that do not occur have area 0 and an empty box. */
export function measureIds(ids: Uint16Array, size: Size, count: number): Extent[] {
  const area = new Float64Array(count + 1);
  const left = new Int32Array(count + 1).fill(size.width);
  const right = new Int32Array(count + 1).fill(-1);
  const top = new Int32Array(count + 1).fill(size.height);
  const bottom = new Int32Array(count + 1).fill(-1);
  for (let y = 0, i = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++, i++) {
      const id = ids[i] as number;
      area[id] = (area[id] as number) + 1;
      if (x < (left[id] as number)) left[id] = x;
      if (x > (right[id] as number)) right[id] = x;
      if (y < (top[id] as number)) top[id] = y;
      if (y > (bottom[id] as number)) bottom[id] = y;
    }
  }
  return Array.from(area, (a, id): Extent => {
    if (a === 0) return { area: 0, bbox: [0, 0, 0, 0] };
    const x = left[id] as number;
    const y = top[id] as number;
    return { area: a, bbox: [x, y, (right[id] as number) - x + 1, (bottom[id] as number) - y + 1] };
  });
}

export function measureMask({ width, height, data }: Mask): Extent {
  let area = 0;
  let [left, right, top, bottom] = [width, -1, height, -1];
  for (let y = 0; y < height; y++) {
    const line = data.subarray(y * width, (y + 1) * width);
    const first = line.indexOf(1);
    if (first < 0) continue;
    const last = line.lastIndexOf(1);
    if (first < left) left = first;
    if (last > right) right = last;
    if (bottom < 0) top = y;
    bottom = y;
    for (let x = first; x <= last; x++) area += line[x] as number;
  }
  return area === 0 ? { area, bbox: [0, 0, 0, 0] } : { area, bbox: [left, top, right - left + 1, bottom - top + 1] };
}
