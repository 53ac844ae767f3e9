/** Indexed PNG: a pixel is its region's number, the palette its colour. Past 255 regions, 16-bit grey. */
import { encode } from 'fast-png';
import type { Saving } from './types.ts';

export function labelMap({ size, ids, regions }: Saving): Uint8Array {
  const most = regions.reduce((top, r) => Math.max(top, r.id), 0);
  if (most > 255) return encode({ ...size, channels: 1, depth: 16, data: ids });
  const palette: [number, number, number][] = Array.from({ length: most + 1 }, () => [0, 0, 0]);
  for (const { id, color } of regions) palette[id] = [...color];
  return encode({ ...size, channels: 1, depth: 8, data: Uint8Array.from(ids), palette });
}
