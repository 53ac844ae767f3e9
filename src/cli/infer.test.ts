/** A long run of the command line: a thousand pictures in one call. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import sharp from 'sharp';
import { readArguments } from './args.ts';
import { createNodeEngine, packSource } from './engine.node.ts';
import { infer } from './infer.ts';

const ROOT = join(import.meta.dirname, '../..');
const PICTURES = 1000;
/** By then the runtime's heap has its size. */
const SETTLED = 300;
const signal = new AbortController().signal;
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xdecoder-many-'));
  const photo = sharp(join(ROOT, 'public/samples/coffee.jpg'));
  const kinds = await Promise.all([[320, 240], [240, 320], [280, 280]].map(([width, height]) => photo.clone().resize(width, height, { fit: 'fill' }).jpeg().toBuffer()));
  await Promise.all(Array.from({ length: PICTURES }, (_, n) => writeFile(join(folder, `${String(n).padStart(4, '0')}.jpg`), kinds[n % kinds.length] as Buffer)));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('a thousand pictures in one call keep memory flat, a line each in their order', async () => {
  const pack = join(ROOT, 'e2e/fixtures/packs/tiny');
  const out = join(folder, 'out');
  const engine = createNodeEngine({ threads: 1 });
  const resident: number[] = [];
  try {
    const report = await engine.load(await packSource(pack), { signal });
    const args = readArguments(['embed', '--pack', pack, '--images', folder, '--out', out]);
    const failed = await infer({ engine, report, args, signal, say: () => resident.push(process.memoryUsage.rss()) });
    expect(failed).toBe(0);
    expect((await engine.inspect()).pictures).toBe(0);
  } finally {
    engine.dispose();
  }
  const lines = (await readFile(join(out, 'results.jsonl'), 'utf8')).trim().split('\n').map((line) => JSON.parse(line) as { image: string; embed: { image: number[] } });
  expect(lines.map((line) => line.image.split('/').at(-1))).toEqual(Array.from({ length: PICTURES }, (_, n) => `${String(n).padStart(4, '0')}.jpg`));
  expect(lines[3]?.embed.image).toEqual(lines[0]?.embed.image);
  expect(lines[1]?.embed.image).not.toEqual(lines[0]?.embed.image);
  const most = (from: number, to: number): number => Math.max(...resident.slice(from, to)) / 1e6;
  console.log(`memory over the first ${SETTLED} pictures at most ${most(0, SETTLED).toFixed(0)} MB, over all ${PICTURES} at most ${most(0, PICTURES).toFixed(0)} MB`);
  expect(resident).toHaveLength(PICTURES);
  expect(most(SETTLED, PICTURES) - most(0, SETTLED)).toBeLessThan(40);
}, 240_000);
