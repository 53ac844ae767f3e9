/**
 * The app's half of test_index_format.py: writes a small index as the gallery does, and prints what it reads of others.
 *
 *     tsx index_rows.ts NEW FILE...      vectors as bits, paths and details of each FILE, as JSON
 */
import { openAsBlob } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { toHalves } from '../../src/gallery/float16.ts';
import { OpenIndex } from '../../src/gallery/parquet/read.ts';
import { writeIndex } from '../../src/gallery/parquet/write.ts';

const DIM = 24;

async function write(file: string): Promise<void> {
  const rows = Array.from({ length: 70 }, (_, i) => ({
    path: `a folder/${i} é 사진.jpg`, sha256: i.toString(16).padStart(64, '0'), width: 10 + i, height: 4000 - i, bytes: 5_000_000_000 + i,
    embedding: toHalves(Float32Array.from({ length: DIM }, (__, d) => ((i * DIM + d) % 113) / 113 - 0.5)), caption: i % 3 === 0 ? null : `picture “${i}”`,
  }));
  await writeFile(file, new Uint8Array(writeIndex({ schema: 1, pack: 'tiny', packHash: 'ab'.repeat(32), variant: 'fp32', dim: DIM, tasks: ['embed', 'caption'] }, rows)));
}

async function read(file: string): Promise<unknown> {
  const index = await OpenIndex.open({ kind: 'files', name: 'index', files: [{ path: 'index.parquet', file: await openAsBlob(file) }] });
  const groups = await Promise.all(index.report.groups.map(async (group) => ({
    halves: [...(await index.halves(group))],
    paths: (await index.rows(group)).paths,
    first: await index.details(group, group.first),
    last: await index.details(group, group.first + group.rows - 1),
  })));
  return { report: index.report, groups };
}

const [made = '', ...others] = process.argv.slice(2);
await write(made);
process.stdout.write(JSON.stringify(await Promise.all(others.map(read))));
