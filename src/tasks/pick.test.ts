/** Marks drawn on the canvas, and the proposal that fits them, against the plain definitions (spec section 11). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogitPlanes } from '../masks/types.ts';
import { drawMarks, toObey } from './marks.ts';
import { checkMarks, fits, meant, pointsOf } from './pick.ts';
import { argmax, sigmoid } from './scores.ts';
import type { Marks } from './types.ts';

const PICTURE = { width: 200, height: 100 };
const CONTENT = { width: 50, height: 25 };
const CANVAS = { width: 56, height: 32 };

const at = (map: Uint8Array | null, x: number, y: number): number => map?.[y * CANVAS.width + x] ?? -1;
const count = (map: Uint8Array | null): number => map?.reduce((a, b) => a + b, 0) ?? -1;

describe('marks', () => {
  it('a click is a disc at its scaled place, positive and negative apart', () => {
    const drawn = drawMarks({ clicks: [{ x: 80, y: 40, positive: true }, { x: 160, y: 80, positive: false }] }, PICTURE, CONTENT, CANVAS);
    expect(at(drawn.positive, 20, 10)).toBe(1);
    expect(at(drawn.positive, 40, 20)).toBe(0);
    expect(at(drawn.negative, 40, 20)).toBe(1);
    // Whole numbers within distance 5 of a whole number.
    expect(count(drawn.positive)).toBe(81);
    expect(drawn.box).toBeNull();
  });

  it('a box covers its scaled pixels, at least one', () => {
    const drawn = drawMarks({ box: [40, 20, 80, 40] }, PICTURE, CONTENT, CANVAS);
    expect(count(drawn.box)).toBe(20 * 10);
    expect([at(drawn.box, 9, 5), at(drawn.box, 10, 5), at(drawn.box, 29, 14), at(drawn.box, 30, 14)]).toEqual([0, 1, 1, 0]);
    expect(count(drawMarks({ box: [40, 20, 0.1, 0.1] }, PICTURE, CONTENT, CANVAS).box)).toBe(1);
  });

  it('a box that touches the picture by a hair marks its edge', () => {
    const last = drawMarks({ box: [199.5, 99.5, 80, 40] }, PICTURE, CONTENT, CANVAS).box;
    expect([at(last, 49, 24), at(last, 48, 24), at(last, 49, 23)]).toEqual([1, 0, 0]);
    const first = drawMarks({ box: [-80, -40, 80.1, 40.1] }, PICTURE, CONTENT, CANVAS).box;
    expect([at(first, 0, 0), count(first)]).toEqual([1, 1]);
  });

  it('a mask of a single pixel is never lost between the pixels of the canvas', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 199 }), fc.integer({ min: 0, max: 99 }), (x, y) => {
      const data = new Uint8Array(PICTURE.width * PICTURE.height);
      data[y * PICTURE.width + x] = 1;
      const drawn = drawMarks({ mask: { ...PICTURE, data } }, PICTURE, CONTENT, CANVAS).positive;
      return count(drawn) === 1 && at(drawn, Math.floor(x / 4), Math.floor(y / 4)) === 1;
    }));
  });

  it('a mask keeps to the picture, whatever its size', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 90 }), fc.integer({ min: 1, max: 90 }), (width, height) => {
      const drawn = drawMarks({ mask: { width, height, data: new Uint8Array(width * height).fill(1) } }, PICTURE, CONTENT, CANVAS);
      return count(drawn.positive) === CONTENT.width * CONTENT.height && at(drawn.positive, CONTENT.width, 0) === 0;
    }));
  });

  it('a stroke joins its points', () => {
    const drawn = drawMarks({ stroke: [{ x: 20, y: 40 }, { x: 180, y: 40 }] }, PICTURE, CONTENT, CANVAS);
    for (let x = 5; x <= 45; x++) expect(at(drawn.positive, x, 10)).toBe(1);
    expect(at(drawn.positive, 25, 20)).toBe(0);
  });

  it('a box without clicks means its middle, a stroke its whole way', () => {
    const stroke = Array.from({ length: 9 }, (_, k) => ({ x: 10 * k, y: 5 }));
    const places = (marks: Marks): string[] => toObey(marks, { width: 100, height: 90 }).map(({ x, y, positive }) => `${positive ? '+' : '-'}${x},${y}`);
    expect(places({ box: [10, 20, 40, 60], stroke })).toEqual(['+30,50', '+22,50', '+38,50', '+30,38', '+30,62', '+0,5', '+20,5', '+40,5', '+60,5', '+80,5']);
    expect(places({ box: [10, 20, 40, 60], clicks: [{ x: 1, y: 2, positive: false }] })).toEqual(['-1,2']);
    expect(places({ stroke: [{ x: 3, y: 4 }] })).toEqual(['+3,4']);
    // Of what hangs over the edge, the part that is there; nothing that is off the picture.
    expect(places({ box: [-20, -40, 40, 60] })).toEqual(['+10,10', '+6,10', '+14,10', '+10,6', '+10,14']);
    expect(places({ clicks: [{ x: 100, y: 2, positive: false }, { x: 99, y: 2, positive: true }] })).toEqual(['+99,2']);
  });

  it('says what is missing', () => {
    expect(checkMarks({}, PICTURE)).toMatch(/Nothing is pointed at/);
    expect(checkMarks({ clicks: [{ x: 1, y: 1, positive: false }] }, PICTURE)).toMatch(/Nothing is pointed at/);
    expect(checkMarks({ box: [1, 1, 0, 5] }, PICTURE)).toMatch(/box is empty/);
    expect(checkMarks({ clicks: [{ x: NaN, y: 1, positive: true }] }, PICTURE)).toMatch(/no number/);
    expect(checkMarks({ stroke: [{ x: 1, y: 1 }] }, PICTURE)).toBeNull();
    // Off the picture nothing is meant, wherever it would be clamped to.
    expect(checkMarks({ clicks: [{ x: 9000, y: 9000, positive: true }] }, PICTURE)).toMatch(/outside the picture/);
    expect(checkMarks({ box: [-50, -50, 40, 40] }, PICTURE)).toMatch(/outside the picture/);
    expect(checkMarks({ box: [-50, -50, 60, 60] }, PICTURE)).toBeNull();
  });
});

/** Logits of filled rectangles: +6 inside, -6 outside; the last plane stands for the image query. */
function proposals(boxes: readonly (readonly [number, number, number, number])[]) {
  const plane = CANVAS.width * CANVAS.height;
  const data = new Float32Array((boxes.length + 1) * plane).fill(-6);
  boxes.forEach(([x0, y0, x1, y1], q) => {
    for (let y = y0; y < y1; y++) for (let x = x0; x < x1; x++) data[q * plane + y * CANVAS.width + x] = 6;
  });
  data.fill(6, boxes.length * plane);
  return { ...CANVAS, count: boxes.length + 1, data };
}

describe('choosing a proposal', () => {
  const table = [0, 10, 50, 25] as const;
  const cup = [15, 8, 27, 20] as const;
  const chair = [30, 0, 48, 12] as const;
  const masks = proposals([table, cup, chair]);
  const best = (marks: Parameters<typeof drawMarks>[0]): number => argmax(fits(masks, drawMarks(marks, PICTURE, CONTENT, CANVAS)));

  it('takes the smaller thing under a click, another where a negative click excludes it', () => {
    expect(best({ clicks: [{ x: 84, y: 60, positive: true }] })).toBe(1);
    expect(best({ clicks: [{ x: 84, y: 64, positive: true }, { x: 76, y: 40, positive: false }] })).toBe(0);
    expect(best({ clicks: [{ x: 160, y: 24, positive: true }] })).toBe(2);
  });

  it('takes what fills a box best', () => {
    expect(best({ box: [0, 40, 200, 60] })).toBe(0);
    expect(best({ box: [120, 0, 72, 48] })).toBe(2);
  });

  it('never the image query, and the fit is the definition', () => {
    const drawn = drawMarks({ clicks: [{ x: 84, y: 60, positive: true }] }, PICTURE, CONTENT, CANVAS);
    const fit = fits(masks, drawn);
    expect(fit).toHaveLength(3);
    const plane = CANVAS.width * CANVAS.height;
    const p = Array.from(masks.data.subarray(plane, 2 * plane), sigmoid);
    const inside = p.filter((_, i) => drawn.positive?.[i] === 1);
    const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
    expect(fit[1]).toBeCloseTo(mean(inside) * Math.sqrt(1 - mean(p)), 5);
  });
});

it('prompt points lie in -1..1, in raster order, at most 512', () => {
  const map = new Uint8Array(CANVAS.width * CANVAS.height).fill(1);
  const points = pointsOf(map, CANVAS);
  expect(points).toHaveLength(1024);
  expect([points[0], points[1]]).toEqual([-1, -1]);
  expect(Math.max(...points)).toBeLessThan(1);
  const few = new Uint8Array(map.length);
  few[10 * CANVAS.width + 28] = 1;
  expect([...pointsOf(few, CANVAS)]).toEqual([0, Math.fround((2 * 10) / 32 - 1)]);
});

it('the answer is the mean of all masks, each as much as it is meant; without a scale the best one alone', () => {
  const masks: LogitPlanes = { count: 3, width: 2, height: 1, data: Float32Array.of(8, -8, 4, 4, -2, 6) };
  const scores = Float32Array.of(0, Math.log(3) / 0.25, -400);
  expect([...meant(masks, scores, null)]).toEqual([4, 4]);
  const mean = meant(masks, scores, 0.25);
  expect(mean[0]).toBeCloseTo(0.25 * 8 + 0.75 * 4, 4);
  expect(mean[1]).toBeCloseTo(0.25 * -8 + 0.75 * 4, 4);
});
