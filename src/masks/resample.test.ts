import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compose, dense, resamplePlane, resizeTaps, rowOf, scaledTaps, slice } from './resample.ts';

const rounded = (row: Float32Array): number[] => Array.from(row, (v) => Math.round(v * 1e5) / 1e5);

describe('resize weights', () => {
  it('halving has the eight taps of torch\'s antialiased bicubic', () => {
    expect(rounded(rowOf(resizeTaps(32, 16, 'bicubic-antialias'), 8))).toEqual([-0.01172, -0.03516, 0.11328, 0.43359, 0.43359, 0.11328, -0.03516, -0.01172]);
  });

  it('a quarter and an eighth touch 16 and 32 samples', () => {
    expect(rowOf(resizeTaps(64, 16, 'bicubic-antialias'), 8)).toHaveLength(16);
    expect(rowOf(resizeTaps(128, 16, 'bicubic-antialias'), 8)).toHaveLength(32);
  });

  it('enlarging uses a = -0.5 too, and the border renormalises', () => {
    const taps = resizeTaps(8, 16, 'bicubic-antialias');
    expect(rounded(rowOf(taps, 8)).filter((w) => w !== 0).toSorted((a, b) => b - a)).toEqual([0.86719, 0.22656, -0.02344, -0.07031]);
    expect(rounded(rowOf(taps, 0)).slice(0, 2)).toEqual([1.08824, -0.08824].map((v) => expect.closeTo(v, 4)));
  });

  it('every row sums to one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 90 }), fc.integer({ min: 1, max: 90 }), fc.constantFrom('bicubic-antialias', 'bilinear-antialias', 'bilinear'), (source, target, kind) => {
        const taps = resizeTaps(source, target, kind);
        for (let r = 0; r < target; r++) expect(rowOf(taps, r).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
      }),
      { numRuns: 60 },
    );
  });

  it('a composed matrix does what its parts do in turn', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 20 }), fc.integer({ min: 2, max: 40 }), fc.integer({ min: 2, max: 60 }), fc.infiniteStream(fc.double({ min: -9, max: 9, noNaN: true })), (a, b, c, values) => {
        const [first, second] = [resizeTaps(a, b, 'bicubic-antialias'), resizeTaps(Math.max(1, b - 1), c, 'bicubic-antialias')];
        const cut = slice(first, 0, Math.max(1, b - 1));
        const one = resizeTaps(1, 1, 'bilinear');
        const plane = Float32Array.from({ length: a }, () => values.next().value ?? 0);
        const middle = new Float32Array(cut.rows);
        const twice = new Float32Array(c);
        const once = new Float32Array(c);
        resamplePlane(plane, cut, one, middle);
        resamplePlane(middle, second, one, twice);
        resamplePlane(plane, compose(cut, second), one, once);
        once.forEach((value, i) => expect(value).toBeCloseTo(twice[i] ?? NaN, 3));
      }),
      { numRuns: 40 },
    );
  });

  it('grids that begin at the same edge meet where their cells do, whatever is padded', () => {
    // Twelve cells, of which three to two of the others: a slope stays the slope, its ends are repeated beyond it.
    const taps = scaledTaps(12, 10, 1.5);
    const found = new Float32Array(10);
    resamplePlane(Float32Array.from({ length: 12 }, (_, i) => i + 0.5), taps, resizeTaps(1, 1, 'bilinear'), found);
    expect(rounded(found)).toEqual([0.75, 2.25, 3.75, 5.25, 6.75, 8.25, 9.75, 11.25, 11.5, 11.5]);
    expect(Array.from(dense(scaledTaps(3, 3, 1)))).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1]);
  });

  it('dense writes the same weights in place', () => {
    const taps = resizeTaps(6, 3, 'bilinear');
    expect(Array.from(dense(taps))).toEqual([0.5, 0.5, 0, 0, 0, 0, 0, 0, 0.5, 0.5, 0, 0, 0, 0, 0, 0, 0.5, 0.5]);
  });
});
