import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeRle, encodeIds, encodeRle } from './rle.ts';
import type { Mask } from './types.ts';
import { maskWhere } from './where.ts';

const pattern = (height: number, width: number, seed: number): Mask => ({
  width,
  height,
  data: Uint8Array.from({ length: width * height }, (_, i) => ((i * i * 3 + i * seed * 5) % 11 < 5 ? 1 : 0)),
});

describe('run-length code', () => {
  it('writes what pycocotools writes', () => {
    expect(encodeRle(pattern(7, 9, 1)).counts).toBe('021O40L50K40L50K0020N0030M0020N0030');
    expect(encodeRle(pattern(40, 33, 2)).counts).toBe('0`2X1`2X10hN0X10hN0X1`M');
    const sparse: Mask = { width: 300, height: 400, data: new Uint8Array(300 * 400) };
    for (let y = 37; y < 350; y++) sparse.data[y * 300 + 20] = 1;
    for (let y = 1; y < 399; y++) sparse.data[y * 300 + 200] = 1;
    sparse.data[299] = 1;
    expect(encodeRle(sparse).counts).toBe('Uk7i9SoU2e2nYPOcC^SjN');
  });

  it('comes back as it went', () => {
    const masks = fc
      .tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 30 }))
      .chain(([width, height]) => fc.uint8Array({ minLength: width * height, maxLength: width * height, max: 1 }).map((data): Mask => ({ width, height, data })));
    fc.assert(fc.property(masks, (mask) => {
      expect(Array.from(decodeRle(encodeRle(mask)).data)).toEqual(Array.from(mask.data));
    }));
  });

  it('of an id map is that of each of its masks', () => {
    const maps = fc
      .tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 }))
      .chain(([width, height]) => fc.array(fc.nat(4), { minLength: width * height, maxLength: width * height }).map((ids) => ({ width, height, ids: Uint16Array.from(ids) })));
    fc.assert(fc.property(maps, ({ ids, ...size }) => {
      expect(encodeIds(ids, size, 5)).toEqual([1, 2, 3, 4, 5].map((id) => encodeRle(maskWhere(ids, size, (at) => at === id))));
    }));
  });

  it('refuses codes that do not fit their picture', () => {
    expect(() => decodeRle({ size: [2, 2], counts: '9' })).toThrow(RangeError);
    expect(() => decodeRle({ size: [2, 2], counts: '1' })).toThrow(RangeError);
    expect(() => decodeRle({ size: [2, 2], counts: '\n' })).toThrow(RangeError);
  });
});
