/** Indexes in the gallery, on the tiny pack: opened from files and by address, refused by name, saved. */
import { readFile } from 'node:fs/promises';
import { expect, test, type Page } from '@playwright/test';
import { toHalves } from '../src/gallery/float16.ts';
import { OpenIndex } from '../src/gallery/parquet/read.ts';
import { writeIndex } from '../src/gallery/parquet/write.ts';
import { drop, startTiny, type as typeFor } from './support/app.ts';
import { dropMany, folder } from './support/pictures.ts';

/** The pack as the page sees it. */
const packHash = (page: Page): Promise<string> => page.evaluate(async () => {
  const digest = await crypto.subtle.digest('SHA-256', await (await fetch('/models/tiny/manifest.json')).arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
});
const DIM = 32;

function index(hash: string, count: number, pack = 'tiny'): Buffer {
  const rows = Array.from({ length: count }, (_, i) => ({
    path: `2019/summer/IMG_${String(i).padStart(5, '0')}.jpg`, sha256: '0'.repeat(64), width: 640, height: 480, bytes: 1000 + i,
    embedding: toHalves(Float32Array.from({ length: DIM }, (__, d) => Math.sin(i * 97 + d * d + (i % 7) * d) / 6)), caption: `caption of number ${i}`,
  }));
  return Buffer.from(writeIndex({ schema: 1, pack, packHash: hash, variant: 'fp16-storage', dim: DIM, tasks: ['embed', 'caption'] }, rows));
}

const loaded = (page: Page, rows: number): Promise<unknown> =>
  page.waitForFunction((all) => window.__xdecoder.gallery().index?.loaded === all && window.__xdecoder.gallery().index?.recall !== null, rows);

test('a dropped index is searched without its pictures, which come from a folder when it is given', async ({ page }) => {
  await startTiny(page);
  // Before the model is there: it is fetched for this, and the sentence waits for it.
  await drop(page, { name: 'archive.parquet', bytes: index(await packHash(page), 3000) });
  await loaded(page, 3000);
  const card = page.getByRole('region', { name: 'Index', exact: true }).last();
  await expect(card).toContainText('3,000');
  await expect(card).toContainText('100 % of the exact best');

  await typeFor(page, 'Search', 'a boat');
  await page.waitForFunction(() => window.__xdecoder.gallery().hits?.set === 'index');
  const hits = await page.evaluate(() => window.__xdecoder.gallery().hits);
  expect(hits?.ids.length).toBe(400);
  expect(hits?.ms).toBeLessThan(100);
  const best = page.getByRole('grid').locator('[data-place="0"]');
  const number = hits?.ids[0] ?? -1;
  await expect(best).toHaveAccessibleName(new RegExp(`IMG_${String(number).padStart(5, '0')}`));
  await best.click();
  await expect(page.getByText(`caption of number ${number}`)).toBeVisible();

  // The folder of pictures: only the winner is in it.
  const [picture] = await folder('x', 1);
  const path = `2019/summer/IMG_${String(number).padStart(5, '0')}.jpg`;
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'A folder of this machine' }).click();
  await page.evaluate(() => undefined);
  const dialog = await chooser;
  expect(await dialog.element().evaluate((input) => (input instanceof HTMLInputElement ? input.webkitdirectory : null))).toBe(true);
  const { mkdtemp, mkdir, writeFile } = await import('node:fs/promises');
  const root = await mkdtemp('/tmp/pictures-');
  await mkdir(`${root}/2019/summer`, { recursive: true });
  await writeFile(`${root}/${path}`, picture?.bytes ?? Buffer.alloc(0));
  await dialog.setFiles(root);
  await expect(best.locator('img')).toBeVisible();
  await best.click();
  await page.waitForFunction((name) => window.__xdecoder.picture()?.name === name && window.__xdecoder.find()?.phrase === 'a boat', path.split('/').at(-1));
});

test('an index by address is read in ranges, and one of another pack is refused by name', async ({ page }) => {
  await startTiny(page);
  await page.getByRole('button', { name: 'Get it now' }).click();
  await page.waitForFunction(() => window.__xdecoder.phase() === 'ready');
  await drop(page, { name: 'foreign.parquet', bytes: index('f'.repeat(64), 5, 'focalt') });
  await expect(page.getByText(/made by the pack "focalt"; its vectors mean nothing to "tiny"/)).toBeVisible();
  expect(await page.evaluate(() => window.__xdecoder.gallery().index)).toBeNull();
  await drop(page, { name: 'cut.parquet', bytes: index('f'.repeat(64), 5).subarray(0, 900) });
  await expect(page.getByText(/cut\.parquet is not a Parquet file, or it is cut off/)).toBeVisible();

  const hash = await packHash(page);
  const parts: Readonly<Record<string, Buffer>> = { 'part-00000.parquet': index(hash, 900), 'part-00001.parquet': index(hash, 300) };
  const asked: string[] = [];
  await page.context().route('**/archive/**', async (route) => {
    const request = route.request();
    const name = new URL(request.url()).pathname.split('/').at(-1) ?? '';
    if (name === 'index.json') return route.fulfill({ json: { schema: 1, files: Object.keys(parts).map((path) => ({ path })) } });
    const bytes = parts[name];
    if (!bytes) return route.fulfill({ status: 404 });
    if (request.method() === 'HEAD') return route.fulfill({ status: 200, headers: { 'content-length': String(bytes.length), 'accept-ranges': 'bytes' } });
    const [, from = '0', to = ''] = /bytes=(\d+)-(\d*)/.exec(request.headers()['range'] ?? '') ?? [];
    asked.push(`${name} ${from}-${to}`);
    const end = to === '' ? bytes.length : Math.min(bytes.length, Number(to) + 1);
    return route.fulfill({ status: 206, body: bytes.subarray(Number(from), end), headers: { 'content-range': `bytes ${from}-${end - 1}/${bytes.length}` } });
  });
  // The grid's own button: the gallery is there once there is something in it.
  await dropMany(page, await folder('x', 13));
  const dismiss = page.getByRole('button', { name: 'Dismiss' });
  while ((await dismiss.count()) > 0) await dismiss.first().click();
  await page.getByRole('button', { name: 'Open an index' }).click();
  await page.getByRole('textbox', { name: /Or its address/ }).fill(new URL('/archive', page.url()).href);
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await loaded(page, 1200);
  expect(asked.length).toBeGreaterThan(0);
  await typeFor(page, 'Search', 'a boat');
  await page.waitForFunction(() => window.__xdecoder.gallery().hits?.set === 'index' && window.__xdecoder.gallery().hits?.ids.length === 400);

  // Its pictures, from an address: tiles fill as they come into view, and the winner opens with the phrase looked for.
  const [picture] = await folder('y', 1);
  await page.context().route('**/photos/2019/summer/*.jpg', (route) => route.fulfill({ body: picture?.bytes ?? '', contentType: 'image/jpeg' }));
  await page.getByRole('textbox', { name: 'Or the address before their paths' }).fill(new URL('/photos', page.url()).href);
  await page.getByRole('button', { name: 'Show', exact: true }).click();
  const best = page.getByRole('grid').locator('[data-place="0"]');
  await expect(best.locator('img')).toBeVisible();
  await best.click();
  await page.waitForFunction(() => window.__xdecoder.picture()?.name.startsWith('IMG_') && window.__xdecoder.find()?.phrase === 'a boat');
});

test('the gallery saved as an index opens again with the same vectors', async ({ page }) => {
  await startTiny(page);
  await dropMany(page, await folder('holiday', 14));
  await page.waitForFunction(() => window.__xdecoder.gallery().items.every((item) => item.state === 'read'));
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save as an index' }).click();
  const path = await (await download).path();
  const bytes = await readFile(path);
  const opened = await OpenIndex.open({ kind: 'files', name: 'g', files: [{ path: 'g.parquet', file: new Blob([bytes]) }] });
  expect(opened.report).toMatchObject({ rows: 14, meta: { pack: 'tiny', packHash: await packHash(page), dim: DIM, tasks: ['embed'] } });
  const [group] = opened.report.groups;
  const rows = group && (await opened.rows(group));
  expect(rows?.paths.toSorted()).toEqual(Array.from({ length: 14 }, (_, n) => `${String(n).padStart(3, '0')}.jpg`));
  expect([...(rows?.widths ?? [])]).toEqual(Array<number>(14).fill(96));

  // Opened in the app, the same sentence ranks the same pictures the same way.
  await typeFor(page, 'Search', 'a red disc');
  await page.waitForFunction(() => window.__xdecoder.gallery().hits?.ids.length === 14);
  const own = await page.evaluate(() => window.__xdecoder.gallery().hits?.scores);
  await drop(page, { name: 'gallery.parquet', bytes });
  await loaded(page, 14);
  await page.waitForFunction(() => window.__xdecoder.gallery().hits?.set === 'index');
  expect(await page.evaluate(() => window.__xdecoder.gallery().hits?.scores)).toEqual(own);
});
