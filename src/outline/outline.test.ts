import { describe, expect, it } from 'vitest';
import { outlinesOf, signedArea } from './index.ts';
import { traceRegions } from './trace.ts';

const map = (rows: readonly string[]) => ({
  ids: Uint16Array.from(rows.join('').split('').map(Number)),
  size: { width: rows[0]?.length ?? 0, height: rows.length },
});

const exactArea = (rings: readonly (readonly number[])[]): number =>
  rings.reduce((sum, ring) => sum + signedArea(Float32Array.from(ring)), 0);

describe('traced outlines', () => {
  it('enclose exactly the pixels of a region, holes taken off', () => {
    const { ids, size } = map(['11111', '10001', '10201', '11111']);
    const rings = traceRegions(ids, size, 2);
    expect(rings[1]).toHaveLength(2);
    expect(exactArea(rings[1] ?? [])).toBe(14);
    expect(exactArea(rings[2] ?? [])).toBe(1);
  });

  it('keep pixels apart that touch by a corner', () => {
    const { ids, size } = map(['10', '01']);
    expect(traceRegions(ids, size, 1)[1]).toHaveLength(2);
  });

  it('give every region one ring a connected part', () => {
    const { ids, size } = map(['1120', '0000', '1122']);
    const rings = traceRegions(ids, size, 2);
    expect(rings.map((r) => r.length)).toEqual([0, 2, 2]);
  });

  it('stay close to the mask when smoothed', () => {
    const size = { width: 80, height: 80 };
    const ids = new Uint16Array(80 * 80);
    let area = 0;
    for (let y = 0; y < 80; y++) for (let x = 0; x < 80; x++) if ((x - 40) ** 2 + (y - 38) ** 2 < 900) area += ids[y * 80 + x] = 1;
    const outlines = outlinesOf(ids, size, 1);
    const [ring] = outlines.rings[1] ?? [];
    expect(ring && Math.abs(signedArea(ring) - area) / area).toBeLessThan(0.02);
    expect(ring?.length).toBeLessThan(160);
    expect(outlines.inmost[1]).toMatchObject({ x: expect.closeTo(40, -1), y: expect.closeTo(38, -1) });
  });
});
