import { describe, expect, it } from 'vitest';
import { layoutOf, stepFrom } from './tiles.ts';

describe('tiles', () => {
  it('fill the row, three on a phone', () => {
    for (const width of [300, 336, 700, 1040, 2000]) {
      const { columns, side } = layoutOf(width);
      expect(columns * side + (columns - 1) * 6).toBeCloseTo(width);
      expect(side).toBeGreaterThanOrEqual(96 * 0.98);
    }
    expect(layoutOf(336).columns).toBe(3);
  });

  it('are walked by the arrows without leaving the grid', () => {
    const layout = { columns: 4, side: 100 };
    const walk = (key: string, at: number): number | null => stepFrom(key, at, 10, layout, 2);
    expect([walk('ArrowRight', 3), walk('ArrowLeft', 0), walk('ArrowUp', 2), walk('ArrowUp', 6), walk('ArrowDown', 7), walk('End', 1), walk('Home', 9), walk('PageDown', 1), walk('a', 1)])
      .toEqual([4, 0, 2, 2, 9, 9, 0, 9, null]);
  });
});
