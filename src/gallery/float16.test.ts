import { describe, expect, it } from 'vitest';
import { fromHalves, HALF_VALUES, toHalves } from './float16.ts';

describe('half precision', () => {
  it('gives back every one of its own numbers', () => {
    const all = Uint16Array.from({ length: 65536 }, (_, i) => i).filter((h) => !Number.isNaN(HALF_VALUES[h]));
    expect(toHalves(fromHalves(all))).toEqual(all);
  });

  it('rounds to the nearest, to even when two are as near', () => {
    // 1 and its neighbour 1 + 2^-10; their middle goes to the even fraction, past it up.
    expect([...toHalves([1 + 2 ** -11, 1 + 2 ** -11 + 2 ** -20, 1 + 3 * 2 ** -11])]).toEqual([0x3c00, 0x3c01, 0x3c02]);
    // Subnormal, underflow, the largest, overflow, a carry into the exponent.
    expect([...toHalves([2 ** -24, 2 ** -26, 65504, 65536, 1.9999])]).toEqual([1, 0, 0x7bff, 0x7c00, 0x4000]);
    expect(toHalves([NaN])[0]).toBe(0x7e00);
    expect(fromHalves(toHalves([-0.1]))[0]).toBeCloseTo(-0.1, 4);
  });
});
