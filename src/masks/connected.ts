/** The connected part of a mask around one of its cells. */
import type { Extent } from './measure.ts';
import type { Size } from './types.ts';

/**
 * Cells that are joined to `start` by their sides.
 * @param inside whether the cell of a row-major index is in the mask
 * @returns null where `start` itself is not
 */
export function connectedTo(start: number, { width, height }: Size, inside: (i: number) => boolean): Extent | null {
  if (!inside(start)) return null;
  const seen = new Uint8Array(width * height);
  const open = [start];
  seen[start] = 1;
  let area = 0;
  let [left, right, top, bottom] = [width, -1, height, -1];
  const reach = (i: number): void => {
    if (seen[i] === 1 || !inside(i)) return;
    seen[i] = 1;
    open.push(i);
  };
  for (let i = open.pop(); i !== undefined; i = open.pop()) {
    const x = i % width;
    const y = (i - x) / width;
    area++;
    [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x), Math.min(top, y), Math.max(bottom, y)];
    if (x > 0) reach(i - 1);
    if (x < width - 1) reach(i + 1);
    if (y > 0) reach(i - width);
    if (y < height - 1) reach(i + width);
  }
  return { area, bbox: [left, top, right - left + 1, bottom - top + 1] };
}
