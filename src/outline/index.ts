/** Outlines and label places of a map of regions. Pure; `worker.ts` runs it off the main thread. */
import { inmostPoints } from '../masks/inmost.ts';
import type { Size } from '../masks/types.ts';
import { cutCorners, signedArea, simplify } from './smooth.ts';
import { traceRegions } from './trace.ts';
import type { Outlines } from './types.ts';

export type { Outlines, Ring } from './types.ts';
export { signedArea } from './smooth.ts';

/** Less than this many pixels of area is noise: it is not drawn, though it stays in the mask. */
const SPECK = 12;
/** Full detail keeps every corner of the smoothed line, none leaves a rough polygon: pixels that a line may stray. */
const FINEST = 0.4;
const COARSEST = 12;
export const toleranceOf = (detail: number): number => FINEST * (COARSEST / FINEST) ** (1 - detail);
const TOLERANCE = toleranceOf(0.8);

export function outlinesOf(ids: Uint16Array, size: Size, count: number, tolerance = TOLERANCE, speck = SPECK): Outlines {
  const rings = traceRegions(ids, size, count).map((region) =>
    region.map((corners) => simplify(cutCorners(corners), tolerance)).filter((ring) => Math.abs(signedArea(ring)) >= speck),
  );
  return { size, rings, inmost: inmostPoints(ids, size, count) };
}
