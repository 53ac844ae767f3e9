import { describe, expect, it } from 'vitest';
import { successors } from './carry.ts';

const map = (...rows: readonly string[]) => {
  const ids = Uint16Array.from(rows.join('').split('').map(Number));
  return { ids, size: { width: rows[0]?.length ?? 0, height: rows.length }, count: Math.max(...ids) };
};

describe('regions that come back under other numbers', () => {
  it('are known by what they share', () => {
    const before = map('1122', '1122', '3330');
    const after = map('2211', '2211', '0003');
    expect([...successors(before, after)]).toEqual([[1, 2], [2, 1]]);
  });

  it('have no successor when most of them is elsewhere', () => {
    expect([...successors(map('1111', '0000'), map('1000', '0000'))]).toEqual([]);
  });

  it('have none on a map of another size', () => {
    expect(successors(map('11'), map('111')).size).toBe(0);
  });
});
