import { describe, expect, it } from 'vitest';
import { toHalves } from '../float16.ts';
import { isPartition } from './partition.ts';
import { OpenIndex } from './read.ts';
import type { IndexMeta, IndexRow } from './schema.ts';
import type { IndexSource } from './source.ts';
import { writeIndex } from './write.ts';

const meta: IndexMeta = { schema: 1, pack: 'tiny', packHash: 'ab'.repeat(32), variant: 'x', dim: 4, tasks: ['embed'] };

const rowsOf = (count: number, first = 0): IndexRow[] => Array.from({ length: count }, (_, i) => ({
  path: `a/${first + i} é.jpg`, sha256: 'cd'.repeat(32), width: 10 + i, height: 20, bytes: 3_000_000_000 + i,
  embedding: toHalves(Float32Array.from({ length: meta.dim }, (__, j) => Math.sin(i * 31 + j + first) / 5)),
  caption: i % 2 === 0 ? null : `a thing ${i}`,
}));

const files = (...parts: readonly (readonly [path: string, bytes: ArrayBuffer])[]): IndexSource => ({ kind: 'files', name: 'index', files: parts.map(([path, bytes]) => ({ path, file: new Blob([bytes]) })) });

describe('an index', () => {
  it('comes back as it was written, over several partitions and row groups', async () => {
    const [one, two] = [rowsOf(17_000), rowsOf(40, 17_000)];
    const index = await OpenIndex.open(files(['i/part-1.parquet', writeIndex(meta, two)], ['i/part-0.parquet', writeIndex(meta, one)], ['i/errors/part-0.parquet', new ArrayBuffer(3)]));
    const all = [...one, ...two];
    expect(index.report).toMatchObject({ meta, rows: all.length });
    expect(index.report.groups.map((g) => [g.part, g.first, g.rows])).toEqual([[0, 0, 16_384], [0, 16_384, 616], [1, 17_000, 40]]);
    for (const group of index.report.groups) {
      const mine = all.slice(group.first, group.first + group.rows);
      expect(await index.halves(group)).toEqual(Uint16Array.from(mine.flatMap((row) => [...row.embedding])));
      const block = await index.rows(group);
      expect(block.paths).toEqual(mine.map((row) => row.path));
      expect([...block.widths]).toEqual(mine.map((row) => row.width));
      expect((await index.details(group, group.first + 1)).caption).toBe(mine[1]?.caption);
    }
  });

  it('without pictures in one of its parts is read all the same', async () => {
    const index = await OpenIndex.open(files(['0.parquet', writeIndex(meta, [])], ['1.parquet', writeIndex(meta, rowsOf(5))]));
    expect(index.report.groups.map((g) => [g.part, g.first, g.rows])).toEqual([[1, 0, 5]]);
    expect(await index.halves(index.report.groups[0] as (typeof index.report.groups)[number])).toHaveLength(20);
  });

  it('tells a connection that broke from a file that did', async () => {
    const whole = new Blob([writeIndex(meta, rowsOf(5))]);
    const cut = { size: whole.size, slice: (from: number, to: number) => ({ arrayBuffer: () => (broken ? Promise.reject(new TypeError('Failed to fetch')) : whole.slice(from, to).arrayBuffer()) }) };
    let broken = false;
    const index = await OpenIndex.open({ kind: 'files', name: 'i', files: [{ path: 'a.parquet', file: cut as unknown as Blob }] });
    broken = true;
    const [group] = index.report.groups as [(typeof index.report.groups)[number]];
    await expect(index.halves(group)).rejects.toMatchObject({ code: 'index-unreachable' });
    await expect(index.rows(group)).rejects.toMatchObject({ code: 'index-unreachable' });
  });

  it('refuses what is none, by name and with the reason', async () => {
    const good = writeIndex(meta, rowsOf(4));
    await expect(OpenIndex.open(files())).rejects.toMatchObject({ code: 'index-invalid' });
    await expect(OpenIndex.open(files(['x/cut.parquet', good.slice(0, good.byteLength - 9)]))).rejects.toMatchObject({ code: 'index-invalid', message: expect.stringContaining('x/cut.parquet') });
    const other = writeIndex({ ...meta, pack: 'default', packHash: '0'.repeat(64) }, rowsOf(4));
    await expect(OpenIndex.open(files(['a.parquet', good], ['b.parquet', other]))).rejects.toMatchObject({ message: expect.stringMatching(/"tiny".*"default"/) });
    expect(() => writeIndex({ ...meta, dim: 5 }, rowsOf(1))).toThrow(RangeError);
  });

  it('consists of its partitions alone', () => {
    expect(['a.parquet', 'x/part-0.parquet', 'errors/a.parquet', 'x/_tmp/a.parquet', '.a.parquet', 'index.json'].map(isPartition)).toEqual([true, true, false, false, false, false]);
  });
});
