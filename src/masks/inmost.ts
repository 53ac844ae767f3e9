/** Where a label belongs: the pixel of each segment that lies farthest from its border. */
import type { Size } from './types.ts';

export interface Inmost {
  readonly x: number;
  readonly y: number;
  /** Distance to the border in pixels (chamfer 3-4, so within a few per cent of Euclidean). */
  readonly distance: number;
}

/** Inmost point of every id 1..count of an id map; null for an id that does not occur. */
export function inmostPoints(ids: Uint16Array, size: Size, count: number): (Inmost | null)[] {
  const { width, height } = size;
  const far = new Uint16Array(width * height);
  const same = (i: number, j: number): boolean => ids[i] === ids[j];
  const relax = (i: number, j: number, inside: boolean, step: number): void => {
    const through = inside && same(i, j) ? (far[j] as number) + step : step;
    if (through < (far[i] as number)) far[i] = through;
  };
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      far[i] = 65535;
      relax(i, i - 1, x > 0, 3);
      relax(i, i - width, y > 0, 3);
      if (y > 0 && x > 0) relax(i, i - width - 1, true, 4);
      if (y > 0 && x < width - 1) relax(i, i - width + 1, true, 4);
    }
  }
  const best: (Inmost | null)[] = Array.from({ length: count + 1 }, () => null);
  for (let y = height - 1, i = width * height - 1; y >= 0; y--) {
    for (let x = width - 1; x >= 0; x--, i--) {
      relax(i, i + 1, x < width - 1, 3);
      relax(i, i + width, y < height - 1, 3);
      if (y < height - 1 && x < width - 1) relax(i, i + width + 1, true, 4);
      if (y < height - 1 && x > 0) relax(i, i + width - 1, true, 4);
      const id = ids[i] as number;
      const distance = (far[i] as number) / 3;
      const known = best[id];
      if (id > 0 && (!known || distance > known.distance)) best[id] = { x, y, distance };
    }
  }
  return best;
}
