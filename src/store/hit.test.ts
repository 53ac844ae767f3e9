import { describe, expect, it } from 'vitest';
import { regionAt, regionsIn, regionUnder } from './hit.ts';

/** Eight by four: region 1 at the left, 2 at the right, two columns of nothing between. */
const regions = { size: { width: 8, height: 4 }, count: 2, ids: Uint16Array.from({ length: 32 }, (_, i) => (i % 8 < 3 ? 1 : i % 8 < 5 ? 0 : 2)) };
const PICTURE = { width: 80, height: 40 };

/** 1 in the columns from..to - 1 of a mask of this width. */
const columns = (width: number, from: number, to: number) =>
  ({ width, height: 4, data: Uint8Array.from({ length: width * 4 }, (_, i) => Number(i % width >= from && i % width < to)) });

describe('the region at a place', () => {
  it('is looked up in the map, whatever its size', () => {
    expect([5, 29, 30, 55, 81].map((x) => regionAt(regions, PICTURE, { x, y: 39 }))).toEqual([1, 1, null, 2, null]);
  });

  it('is in a box when most of it is', () => {
    expect(regionsIn(regions, PICTURE, [0, 0, 60, 40])).toEqual([1]);
    expect(regionsIn(regions, PICTURE, [0, 0, 80, 40])).toEqual([1, 2]);
    expect(regionsIn(regions, PICTURE, [0, 0, 80, 10])).toEqual([]);
  });

  it('lies under most of a mask, or none does', () => {
    expect(regionUnder(regions, columns(8, 0, 6))).toBe(1);
    expect(regionUnder(regions, columns(8, 2, 8))).toBe(2);
    expect(regionUnder(regions, columns(16, 9, 16))).toBe(2);
    expect(regionUnder(regions, columns(8, 2, 5))).toBeNull();
    expect(regionUnder(regions, columns(8, 0, 0))).toBeNull();
  });
});
