import { describe, expect, it } from 'vitest';
import { fromHalves } from '../float16.ts';
import { Best, merged } from './best.ts';
import { generatedRows } from './generated.ts';
import { scanIn } from './kernel.ts';
import { VectorRows } from './rows.ts';

const ids = (count: number, first = 0): Uint32Array => Uint32Array.from({ length: count }, (_, i) => first + i);

/** All products, sorted: what every shortcut must agree with. */
function plainly(halves: Uint16Array, dim: number, query: Float32Array): number[] {
  const values = fromHalves(halves);
  const scores = Float64Array.from({ length: halves.length / dim }, (_, r) => {
    let sum = 0;
    for (let i = 0; i < dim; i++) sum += (query[i] as number) * (values[r * dim + i] as number);
    return sum;
  });
  return [...scores.keys()].toSorted((a, b) => (scores[b] as number) - (scores[a] as number));
}

describe('the kernel', () => {
  it('multiplies signed bytes with a signed query, row by row', () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536 });
    const [dim, rows] = [48, 5];
    const codes = new Int8Array(memory.buffer, 0, rows * dim).map((_, i) => ((i * 89) % 255) - 127);
    new Int8Array(memory.buffer, 0, rows * dim).set(codes);
    const query = Int16Array.from({ length: dim }, (_, i) => ((i * 1009) % 4095) - 2047);
    new Int16Array(memory.buffer, 1024, dim).set(query);
    const scales = Float32Array.from({ length: rows }, (_, i) => i + 0.5);
    new Float32Array(memory.buffer, 2048, rows).set(scales);
    scanIn(memory)(0, 2048, 4096, 1024, rows, dim);
    const expected = Array.from(scales, (scale, r) => Math.fround(scale * query.reduce((sum, q, i) => sum + q * (codes[r * dim + i] as number), 0)));
    expect([...new Float32Array(memory.buffer, 4096, rows)]).toEqual(expected);
  });
});

describe('the best', () => {
  it('keeps the highest, best first, never NaN', () => {
    const best = new Best(3);
    [5, 1, NaN, 9, 7, 3, 8].forEach((score, id) => best.add(id, score));
    expect([...best.found().ids]).toEqual([3, 6, 4]);
    expect([...merged([best.found(), { ids: Uint32Array.of(20), scores: Float32Array.of(8.5) }], 2).ids]).toEqual([3, 20]);
  });
});

describe('rows', () => {
  const dim = 40; // not a multiple of sixteen
  const count = 20_000; // more than a block
  const { next, queries } = generatedRows(dim, 3);
  const halves = next(count);
  const rows = new VectorRows(dim);
  rows.add(ids(3), halves.slice(0, 3 * dim));
  rows.add(ids(count - 3, 3), halves.slice(3 * dim));

  it('finds what all products find', () => {
    for (const query of queries) {
      const found = rows.search(query, 50);
      const best = plainly(halves, dim, query);
      expect([...found.ids].slice(0, 10)).toEqual(best.slice(0, 10));
      expect([...found.ids].filter((id) => best.slice(0, 50).includes(id)).length).toBeGreaterThanOrEqual(50);
      expect([...rows.exact(query, 50).ids]).toEqual(best.slice(0, 50));
      expect(found.scores).toEqual(rows.exact(query, 50).scores);
    }
  });

  it('gives a vector back as it was', () => {
    for (const id of [0, 2, 3, 16_390, count - 1]) expect(rows.vector(id)).toEqual(fromHalves(halves.slice(id * dim, (id + 1) * dim)));
    expect(rows.vector(count)).toBeNull();
    expect(rows.count).toBe(count);
  });

  it('refuses vectors of another length', () => {
    expect(() => rows.add(ids(2), new Uint16Array(dim))).toThrow(RangeError);
    expect(new VectorRows(8).search(new Float32Array(8), 5).ids).toHaveLength(0);
  });
});
