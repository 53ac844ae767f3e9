import { describe, expect, it } from 'vitest';
import type { LogitPlanes } from '../masks/types.ts';
import { corrected, within } from './correct.ts';
import type { Click } from './types.ts';

const [WIDTH, HEIGHT] = [24, 16];
const PLANE = WIDTH * HEIGHT;
// A picture of 48 x 28 at the model's 96 x 64, whose content is 96 x 56: a cell is 4 pixels of the input, 2 of the picture.
const PLACEMENT = { picture: { width: 48, height: 28 }, content: { width: 96, height: 56 }, padded: { width: 96, height: 64 } };

/** A plane that is `logit` where the cell's column lies in from..to, and minus that elsewhere. */
const columns = (from: number, to: number, logit = 6): number[] => Array.from({ length: PLANE }, (_, i) => (i % WIDTH >= from && i % WIDTH < to ? logit : -logit));

/** Everything, the left third, the middle, the right third. */
const MASKS: LogitPlanes = { count: 4, width: WIDTH, height: HEIGHT, data: Float32Array.from([columns(0, 24), columns(0, 8), columns(8, 16), columns(16, 24)].flat()) };
const WHOLE = MASKS.data.slice(0, PLANE);
const click = (column: number, positive: boolean): Click => ({ x: 2 * column + 1, y: 13, positive });
const inside = (mask: Float32Array, column: number, line = 6): boolean => (mask[line * WIDTH + column] as number) > 0;

describe('a mask that obeys clicks', () => {
  it('stays as it is without clicks, and where they are right already', () => {
    expect(corrected(WHOLE, MASKS, [], PLACEMENT)).toEqual(WHOLE);
    expect(corrected(WHOLE, MASKS, [click(4, true), click(20, true)], PLACEMENT)).toEqual(WHOLE);
  });

  it('loses what is excluded and what is alike and near, and keeps what is meant', () => {
    const mask = corrected(WHOLE, MASKS, [click(4, true), click(20, false)], PLACEMENT);
    expect([4, 12, 17, 20, 22].map((column) => inside(mask, column))).toEqual([true, true, false, false, false]);
    expect(inside(mask, 20, 8)).toBe(false);
    expect(mask[6 * WIDTH + 14], 'as in Python (tests/test_pick.py)').toBeCloseTo(4.1186, 3);
  });

  it('gains what is meant, by the margin', () => {
    const left = MASKS.data.slice(PLANE, 2 * PLANE);
    const mask = corrected(left, MASKS, [click(4, true), click(12, true)], PLACEMENT);
    expect([4, 12, 20].map((column) => inside(mask, column))).toEqual([true, true, false]);
    expect(mask[6 * WIDTH + 12]).toBeGreaterThan(1.5);
    expect([...left]).toEqual(columns(0, 8));
  });

  it('obeys clicks that lie side by side', () => {
    const mask = corrected(WHOLE, MASKS, [click(12, true), click(13, false), click(14, false)], PLACEMENT);
    expect([12, 14].map((column) => inside(mask, column))).toEqual([true, false]);
  });

  it('has nothing outside a box', () => {
    const box = new Uint8Array(PLANE);
    for (let column = 3; column < 9; column++) box[6 * WIDTH + column] = 1;
    expect([...within(WHOLE, box)].map((logit) => (logit > 0 ? 1 : 0))).toEqual([...box]);
    expect(within(WHOLE, null)).toBe(WHOLE);
  });
});
