/** From a cluster to a tab: two workers of the batch command index a few hundred pictures, one of them is killed, and the app finds a photo. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtemp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { ensurePython } from '../scripts/python.ts';
import { SAMPLES, start, type as typeFor } from './support/app.ts';
import { dropMany, folder, type TestFile } from './support/pictures.ts';

const GENERATED = 240;
const OFFLINE = new URL('../offline/', import.meta.url).pathname;
const PACK = new URL('../public/models/default/', import.meta.url).pathname;
const PHOTOS = ['astronaut.jpg', 'cat.jpg', 'coffee.jpg', 'dahlia.jpg', 'rocket.jpg', 'tower.jpg'];
const place = await mkdtemp(join(tmpdir(), 'cluster-'));
const index = join(place, 'index');

test.afterAll(() => rm(place, { recursive: true, force: true }));

const partitions = async (): Promise<string[]> => (await readdir(index).catch(() => [])).filter((name) => name.endsWith('.parquet'));

/** Processes of the workers that one command started, by the names that Ray gives them. */
function workersOf(command: number): number[] {
  const rows = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n').map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line));
  const parent = new Map(rows.flatMap((row) => (row ? [[Number(row[1]), Number(row[2])] as const] : [])));
  const below = (pid: number | undefined): boolean => pid === command || (pid !== undefined && pid > 1 && below(parent.get(pid)));
  return rows.flatMap((row) => (row?.[3]?.startsWith('ray::MapWorker') && below(Number(row[1])) ? [Number(row[1])] : []));
}

async function best(page: Page, sentence: string): Promise<string | null> {
  await typeFor(page, 'Search', sentence);
  await page.waitForFunction((text) => {
    const { hits } = window.__xdecoder.gallery();
    return hits?.set === 'index' && hits.query.kind === 'words' && hits.query.text === text;
  }, sentence);
  const tile = page.locator('button[data-place="0"]');
  await expect(tile).toHaveAttribute('title', /\.jpg$/);
  return tile.getAttribute('title');
}

test('a few hundred pictures are indexed by two workers, one is killed, and the app finds the right one by a sentence', async ({ page }) => {
  test.setTimeout(300_000);
  const pictures: TestFile[] = await folder('made', GENERATED);
  await mkdir(join(place, 'in', 'made'), { recursive: true });
  for (const { path, bytes } of pictures) await writeFile(join(place, 'in', path), bytes);
  for (const name of PHOTOS) await writeFile(join(place, 'in', name), await readFile(SAMPLES + name));
  const total = GENERATED + PHOTOS.length;

  const args = ['-m', 'xdecoder.batch', '--pack', PACK, '--input', join(place, 'in'), '--out', index, '--workers', '2', '--batch', '4', '--rows', '32'];
  const command = spawn(ensurePython(), args, { cwd: OFFLINE, env: { ...process.env, RAY_worker_niceness: '0' }, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  command.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = new Promise<number | null>((resolve) => command.on('exit', resolve));
  await expect.poll(async () => (await partitions()).length, { timeout: 120_000 }).toBeGreaterThan(0);
  const workers = workersOf(command.pid ?? 0);
  expect(workers).toHaveLength(2);
  process.kill(workers[0] ?? 0, 'SIGKILL');
  expect(await ended, said).toBe(0);
  expect(said).toContain(`${total} of ${total} pictures`);

  await start(page);
  await dropMany(page, await Promise.all((await partitions()).map(async (path) => ({ path, bytes: await readFile(join(index, path)) }))));
  await page.waitForFunction((rows) => window.__xdecoder.gallery().index?.loaded === rows, total);
  expect(await best(page, 'a flower')).toBe('dahlia.jpg');
  const hits = await page.evaluate(() => window.__xdecoder.gallery().hits);
  expect(hits?.scores).toEqual(hits?.scores.toSorted((a, b) => b - a));
});
