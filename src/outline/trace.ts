/**
 * Outlines of every region of an id map, in one sweep.
 *
 * A ring runs along the cracks between pixels with its region to the right. A region's pixels that touch only by a
 * corner are kept apart, so rings never cross themselves. Every ring has a crack that runs right along the top of a
 * pixel; rings are found by those and marked by them.
 */
import type { Size } from '../masks/types.ts';

const DX = [1, 0, -1, 0] as const;
const DY = [0, 1, 0, -1] as const;
/** From the corner where a crack ends: the pixel ahead on the right, by direction (right, down, left, up). */
const RIGHT_X = [0, -1, -1, 0] as const;
const RIGHT_Y = [0, 0, -1, -1] as const;
/** … and ahead on the left. */
const LEFT_X = [0, 0, -1, -1] as const;
const LEFT_Y = [-1, 0, 0, -1] as const;

/** Corners of the rings of each region 0..count (0 stays empty), as x, y pairs. */
export function traceRegions(ids: Uint16Array, { width, height }: Size, count: number): number[][][] {
  const rings: number[][][] = Array.from({ length: count + 1 }, () => []);
  const seen = new Uint8Array(width * height);
  const at = (x: number, y: number): number => (x < 0 || y < 0 || x >= width || y >= height ? 0 : (ids[y * width + x] as number));

  const follow = (startX: number, startY: number, id: number): number[] => {
    const corners: number[] = [];
    let x = startX;
    let y = startY;
    let d = 0;
    do {
      if (d === 0) seen[y * width + x] = 1;
      x += DX[d] as number;
      y += DY[d] as number;
      const right = at(x + (RIGHT_X[d] as number), y + (RIGHT_Y[d] as number)) === id;
      const left = at(x + (LEFT_X[d] as number), y + (LEFT_Y[d] as number)) === id;
      const turn = !right ? 1 : left ? 3 : 0;
      if (turn !== 0) corners.push(x, y);
      d = (d + turn) & 3;
    } while (x !== startX || y !== startY || d !== 0);
    return corners;
  };

  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const id = ids[i] as number;
      if (id === 0 || id > count || seen[i] === 1 || at(x, y - 1) === id) continue;
      rings[id]?.push(follow(x, y, id));
    }
  }
  return rings;
}
