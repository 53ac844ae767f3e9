/** Where a closer look goes, and how what it finds comes back; against plain definitions. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { connectedTo } from '../masks/connected.ts';
import type { Box, LogitPlanes, Point } from '../masks/types.ts';
import { firstInside, partAround, partOn, putBack, withinPart } from './closer.ts';

const PLACEMENT = { picture: { width: 800, height: 600 }, content: { width: 400, height: 300 }, padded: { width: 416, height: 320 } };
const PLANE = { width: 104, height: 80 };

/** Logits of rectangles of cells [x0, y0, x1, y1). */
function plane(...boxes: readonly (readonly [number, number, number, number])[]): LogitPlanes {
  const data = new Float32Array(PLANE.width * PLANE.height).fill(-3);
  for (const [x0, y0, x1, y1] of boxes) for (let y = y0; y < y1; y++) data.fill(3, y * PLANE.width + x0, y * PLANE.width + x1);
  return { ...PLANE, count: 1, data };
}

/** A cell is 8 x 8 pixels of the picture. */
const around = (logits: LogitPlanes, click: Point, largest = 0.02): Box | null => partAround(logits, click, PLACEMENT, largest);

describe('where to look closer', () => {
  it('is a square of twice what lies under the click, around it; what lies apart does not count', () => {
    const logits = plane([40, 30, 50, 36], [90, 2, 95, 4]);
    // 10 x 6 cells at 320..400, 240..288: a side of 160 around (360, 264).
    expect(around(logits, { x: 350, y: 260 })).toEqual([280, 184, 160, 160]);
    expect(around(logits, { x: 740, y: 20 })).toEqual([800 - 150, 0, 150, 150]);
  });

  it('is a quarter of the short side at least, and within the picture', () => {
    expect(around(plane([0, 0, 2, 2]), { x: 3, y: 3 })).toEqual([0, 0, 150, 150]);
    expect(around(plane([98, 73, 100, 75]), { x: 799, y: 599 })).toEqual([650, 450, 150, 150]);
  });

  it('is nowhere for what is large or long, nor where nothing was found', () => {
    // 20 x 8 cells of 100 x 75 are 2.1 %.
    expect(around(plane([40, 30, 60, 38]), { x: 350, y: 260 })).toBeNull();
    expect(around(plane([40, 30, 60, 38]), { x: 350, y: 260 }, 0.03)).not.toBeNull();
    expect(around(plane([10, 30, 70, 32]), { x: 350, y: 250 })).toBeNull();
    expect(around(plane([40, 30, 50, 36]), { x: 10, y: 10 })).toBeNull();
  });

  it('always shows the click and the thing', () => {
    const cell = (most: number): fc.Arbitrary<number> => fc.integer({ min: 0, max: most });
    fc.assert(fc.property(cell(94), cell(69), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }), (x, y, w, h) => {
      const part = around(plane([x, y, x + w, y + h]), { x: 8 * x + 1, y: 8 * y + 1 });
      if (!part) return false;
      const [left, top, side] = part;
      return left >= 0 && top >= 0 && left + side <= 800 && top + side <= 600 && left <= 8 * x && top <= 8 * y && left + side >= 8 * (x + w) && top + side >= 8 * (y + h);
    }));
  });
});

it('a part is connected by the sides of its cells alone', () => {
  const drawn = ['##..#', '.#..#', '..##.', '....#'];
  const inside = (i: number): boolean => drawn[Math.floor(i / 5)]?.[i % 5] === '#';
  const from = (x: number, y: number) => connectedTo(y * 5 + x, { width: 5, height: 4 }, inside);
  expect(from(0, 0)).toEqual({ area: 3, bbox: [0, 0, 2, 2] });
  expect(from(4, 1)).toEqual({ area: 2, bbox: [4, 0, 1, 2] });
  expect(from(3, 2)).toEqual({ area: 2, bbox: [2, 2, 2, 1] });
  expect(from(2, 0)).toBeNull();
});

describe('marks and masks of a part', () => {
  it('the first click inside says where; other marks are about all of the picture', () => {
    const [out, first, next] = [{ x: 1, y: 1, positive: false }, { x: 2, y: 2, positive: true }, { x: 3, y: 3, positive: true }];
    const size = { width: 9, height: 9 };
    expect(firstInside({ clicks: [out, { x: 9, y: 2, positive: true }, first, next] }, size)).toBe(first);
    expect(firstInside({ clicks: [out] }, size)).toBeNull();
    expect(firstInside({ clicks: [first], stroke: [{ x: 1, y: 1 }] }, size)).toBeNull();
    expect(firstInside({ clicks: [first], box: [0, 0, 5, 5] }, size)).toBeNull();
    expect(withinPart([first, next], [2, 2, 4, 4])).toEqual([{ x: 0, y: 0, positive: true }, { x: 1, y: 1, positive: true }]);
    expect(withinPart([first, out], [2, 2, 4, 4])).toBeNull();
    expect(withinPart([{ x: 6, y: 2, positive: true }], [2, 2, 4, 4])).toBeNull();
  });

  it('a mask comes back to its place, in an output of any size', () => {
    const picture = { width: 80, height: 60 };
    expect(partOn([20, 10, 30, 30], picture, picture)).toEqual([20, 10, 30, 30]);
    expect(partOn([20, 10, 30, 30], picture, { width: 40, height: 30 })).toEqual([10, 5, 15, 15]);
    expect(partOn([79, 59, 1, 1], picture, { width: 4, height: 3 })).toEqual([3, 2, 1, 1]);
    const back = putBack(Uint8Array.of(1, 0, 0, 1), [2, 1, 2, 2], { width: 5, height: 4 });
    expect([...back.keys()].filter((i) => back[i] === 1)).toEqual([7, 13]);
  });
});
