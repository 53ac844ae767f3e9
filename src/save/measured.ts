/** What is left to do before a file can be made: only the regions that are saved, with their areas and boxes. */
import { measureIds } from '../masks/measure.ts';
import type { Draft, SavedRegion, Saving } from './types.ts';

/** Null when no pixel is left. */
export function measured({ name, size, ids, regions }: Draft): Saving | null {
  const last = regions.reduce((most, { id }) => Math.max(most, id), 0);
  const number = new Uint16Array(0x10000);
  for (const { id } of regions) number[id] = id;
  const own = ids.map((id) => number[id] as number);
  const extents = measureIds(own, size, last);
  const kept = regions.flatMap((region): SavedRegion[] => {
    const extent = extents[region.id];
    return extent && extent.area > 0 ? [{ ...region, ...extent }] : [];
  });
  return kept.length > 0 ? { name, size, ids: own, regions: kept } : null;
}
