import { describe, expect, it } from 'vitest';
import { inmostPoints } from './inmost.ts';
import { measureIds, measureMask } from './measure.ts';

describe('extents', () => {
  it('counts pixels and boxes them', () => {
    const ids = Uint16Array.of(0, 1, 1, 0, 0, 1, 2, 0, 0, 0, 0, 0);
    expect(measureIds(ids, { width: 4, height: 3 }, 3).slice(1)).toEqual([
      { area: 3, bbox: [1, 0, 2, 2] },
      { area: 1, bbox: [2, 1, 1, 1] },
      { area: 0, bbox: [0, 0, 0, 0] },
    ]);
    expect(measureMask({ width: 2, height: 1, data: Uint8Array.of(0, 1) })).toEqual({ area: 1, bbox: [1, 0, 1, 1] });
  });
});

describe('inmost points', () => {
  it('lie in the middle of a square and inside a ring, never in its hole', () => {
    const size = { width: 21, height: 21 };
    const ids = new Uint16Array(441);
    for (let y = 5; y < 16; y++) for (let x = 5; x < 16; x++) ids[y * 21 + x] = 1;
    expect(inmostPoints(ids, size, 1)[1]).toMatchObject({ x: 10, y: 10 });
    for (let y = 8; y < 13; y++) for (let x = 8; x < 13; x++) ids[y * 21 + x] = 0;
    const point = inmostPoints(ids, size, 2)[1];
    expect(ids[(point?.y ?? 0) * 21 + (point?.x ?? 0)]).toBe(1);
    expect(inmostPoints(ids, size, 2)[2]).toBeNull();
  });
});
