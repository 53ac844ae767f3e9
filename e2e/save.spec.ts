/** What is taken out, read back by readers that are not ours: pycocotools, fast-png and librsvg (through sharp). */
import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { BlobReader, TextWriter, Uint8ArrayWriter, ZipReader } from '@zip.js/zip.js';
import { expect, test, type Page } from '@playwright/test';
import { decode } from 'fast-png';
import sharp from 'sharp';
import { choose, drop, open, SAMPLES, seen, start, startTiny } from './support/app.ts';
import { dropMany, folder } from './support/pictures.ts';

/** Made by the Python suite, which runs before this one: `npm test -- python`. */
const PYTHON = new URL('../offline/.venv/bin/python', import.meta.url).pathname;

async function download(page: Page, card: RegExp): Promise<{ path: string; name: string; bytes: Buffer }> {
  const saved = page.waitForEvent('download');
  await page.getByRole('dialog').getByRole('button', { name: card }).first().click();
  const file = await saved;
  const path = await file.path();
  return { path, name: file.suggestedFilename(), bytes: await readFile(path) };
}

interface Annotation {
  readonly id: number;
  readonly area: number;
  readonly bbox: readonly number[];
  readonly polygons: readonly (readonly number[])[];
}

/** Area, box and mask of every annotation as pycocotools reads the file. */
function asCocoReads(path: string): { area: number; bbox: number[]; mask: string }[] {
  const script = `
import base64, json, sys
from pycocotools import mask
from pycocotools.coco import COCO
coco = COCO(sys.argv[1])
out = []
for a in coco.loadAnns(coco.getAnnIds()):
    r = coco.annToRLE(a)
    out.append({"area": int(mask.area(r)), "bbox": [float(v) for v in mask.toBbox(r)], "mask": base64.b64encode(mask.decode(r).tobytes()).decode()})
print("ANSWER" + json.dumps(out))`;
  const out = execFileSync(PYTHON, ['-c', script, path], { encoding: 'utf8', maxBuffer: 512 * 2 ** 20 });
  return JSON.parse(out.slice(out.indexOf('ANSWER') + 6)) as { area: number; bbox: number[]; mask: string }[];
}

test('31. exports open in reference readers and hold what is on the screen', async ({ page }, info) => {
  test.setTimeout(120_000);
  await start(page);
  // Lossless, so that the cut-out can be held against it.
  const lossless = await sharp(`${SAMPLES}tower.jpg`).png().toBuffer();
  const { data: rgb, info: { width, height } } = await sharp(lossless).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  await drop(page, { name: 'field.png', bytes: lossless });
  await seen(page, 'field.png');
  const shown = await page.evaluate(() => {
    const see = window.__xdecoder.see();
    return see && { ids: Array.from(see.ids), size: see.size, segments: see.segments.map(({ id, label, area, bbox }) => ({ id, label, area, bbox: [...bbox] })) };
  });
  expect(shown?.size).toEqual({ width, height });
  const ids = shown?.ids ?? [];
  const segments = (shown?.segments ?? []).toSorted((a, b) => a.id - b.id);
  expect(segments.length).toBeGreaterThan(0);
  await page.keyboard.press('Control+s');

  // Label map: the numbers on the screen, pixel by pixel.
  const labels = await download(page, /^Label map/);
  expect(labels.name).toBe('field-labels.png');
  const png = decode(labels.bytes);
  expect([png.width, png.height]).toEqual([width, height]);
  expect(Array.from(png.data)).toEqual(ids);
  expect(png.palette?.length).toBeGreaterThan(Math.max(...segments.map((s) => s.id)));

  // COCO: the same areas, boxes and masks out of pycocotools.
  const coco = await download(page, /^COCO/);
  const file = info.outputPath('coco.json');
  await writeFile(file, coco.bytes);
  const annotations = (JSON.parse(coco.bytes.toString()) as { annotations: Annotation[] }).annotations;
  const read = asCocoReads(file);
  expect(read.map((r) => r.area)).toEqual(annotations.map((a) => a.area));
  expect(read.map((r) => r.bbox)).toEqual(annotations.map((a) => a.bbox));
  expect(read.map((r) => r.area).toSorted((a, b) => a - b)).toEqual(segments.map((s) => s.area).toSorted((a, b) => a - b));
  for (const [i, { mask }] of read.entries()) {
    // numpy has it row by row.
    const bits = Buffer.from(mask, 'base64');
    const at = bits.indexOf(1);
    const id = ids[at];
    expect(Array.from(bits), `annotation ${i + 1}`).toEqual(ids.map((v) => (v === id ? 1 : 0)));
  }
  for (const { polygons, area } of annotations) expect(polygons.reduce((sum, ring) => sum + shoelace(ring), 0)).toBe(area);

  // SVG: drawn without smoothing, every region covers its pixels and leaves its holes free.
  const svg = await download(page, /^Outlines/);
  for (const { id } of segments) {
    const only = svg.bytes.toString().replace(/<path id="region-(\d+)"/g, (path, n: string) => `${path} shape-rendering="crispEdges" style="${Number(n) === id ? 'fill:#fff;fill-opacity:1' : 'display:none'}"`);
    const { data } = await sharp(Buffer.from(only)).flatten({ background: '#000' }).greyscale().raw().toBuffer({ resolveWithObject: true });
    const drawn = Array.from({ length: width * height }, (_, i) => ((data[i * (data.length / (width * height))] ?? 0) > 127 ? 1 : 0));
    expect(drawn.filter((v, i) => v !== (ids[i] === id ? 1 : 0)).length, `region ${id}`).toBe(0);
  }

  // Cut-out: alpha is all or nothing, and what is kept has its own colour, not one multiplied by alpha.
  const cut = decode((await download(page, /^Cut-out/)).bytes);
  expect(cut.channels).toBe(4);
  const left = Math.min(...segments.map((s) => s.bbox[0] ?? 0));
  const top = Math.min(...segments.map((s) => s.bbox[1] ?? 0));
  let wrong = 0;
  for (let y = 0; y < cut.height; y++) for (let x = 0; x < cut.width; x++) {
    const [at, from] = [(y * cut.width + x) * 4, (y + top) * width + x + left];
    const inside = ids[from] !== 0;
    if (cut.data[at + 3] !== (inside ? 255 : 0)) wrong++;
    else if (inside && [0, 1, 2].some((c) => cut.data[at + c] !== rgb[from * 3 + c])) wrong++;
  }
  expect(wrong).toBe(0);

  // CSV: one line a region.
  const rows = (await download(page, /^Table/)).bytes.toString().trim().split('\r\n');
  expect(rows).toHaveLength(segments.length + 1);
});

/** Twice the area of a ring, halved; rings of holes run the other way and count against it. */
function shoelace(ring: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < ring.length; i += 2) {
    const [x = 0, y = 0, nx = ring[0] ?? 0, ny = ring[1] ?? 0] = [ring[i], ring[i + 1], ring[i + 2] ?? ring[0], ring[i + 3] ?? ring[1]];
    sum += x * ny - nx * y;
  }
  return sum / 2;
}

test('a larger picture is saved at its own size, and its masks are the shown ones', async ({ page }) => {
  await startTiny(page);
  await drop(page, { name: 'large.jpg', bytes: await sharp(`${SAMPLES}tower.jpg`).resize(2560, 1708).jpeg().toBuffer() });
  await seen(page, 'large.jpg');
  await page.keyboard.press('Control+s');
  const png = decode((await download(page, /^Label map/)).bytes);
  expect([png.width, png.height]).toEqual([2560, 1708]);
  const shown = await page.evaluate(() => {
    const see = window.__xdecoder.see();
    return see ? { ids: Array.from(see.ids), size: see.size } : null;
  });
  if (!shown) throw new Error('Nothing was seen.');
  const scale = 2560 / shown.size.width;
  const same = shown.ids.filter((id, i) => {
    const [x, y] = [i % shown.size.width, Math.floor(i / shown.size.width)];
    return png.data[Math.floor((y + 0.5) * scale) * 2560 + Math.floor((x + 0.5) * scale)] === id;
  }).length;
  expect(same / shown.ids.length).toBeGreaterThan(0.99);
});

test('what a person renamed, took away and brushed is saved so', async ({ page }) => {
  await startTiny(page, { many: true });
  await open(page, 'coffee.jpg');
  const rows = page.getByRole('option');
  const before = await rows.count();
  expect(before).toBeGreaterThan(1);
  await rows.first().click();
  // A name of one's own, mended at once: the focus stays in its field, where Backspace is no order to take away.
  const name = page.getByRole('textbox', { name: 'Own name' });
  await name.fill('Tomm');
  await name.press('Enter');
  await expect(rows.filter({ hasText: 'Tomm' })).toHaveCount(1);
  await page.keyboard.press('Backspace');
  await page.keyboard.press('Enter');
  await expect(name).toHaveValue('Tom');
  await expect(rows.filter({ hasText: 'Tomm' })).toHaveCount(0);
  await expect(rows).toHaveCount(before);
  await rows.nth(1).click();
  await page.keyboard.press('Delete');
  await expect(rows).toHaveCount(before - 1);
  await page.keyboard.press('Control+s');
  const coco = JSON.parse((await download(page, /^COCO/)).bytes.toString()) as { annotations: Annotation[]; categories: { name: string }[] };
  expect(coco.annotations).toHaveLength(before - 1);
  expect(coco.categories.map((c) => c.name)).toContain('Tom');
});

test('all open pictures are saved as one archive, with captions and answers as a table', async ({ page }) => {
  await startTiny(page);
  await open(page, 'cat.jpg', 'coffee.jpg');
  await page.getByRole('radio', { name: /^Describe/ }).click();
  await page.waitForFunction(() => window.__xdecoder.described() !== null && window.__xdecoder.busy() === null);
  const said = await page.evaluate(() => window.__xdecoder.described()?.text ?? '');
  await page.keyboard.press('Control+s');
  const words = (await download(page, /^Captions and answers/)).bytes.toString();
  expect(words).toContain('coffee.jpg,caption,,');
  expect(words).toContain(said.slice(0, 12));

  await choose(page, 'All 2 pictures');
  const zip = await download(page, /^Everything/);
  const entries = await new ZipReader(new BlobReader(new Blob([Uint8Array.from(zip.bytes)]))).getEntries();
  expect(entries.map((e) => e.filename).toSorted()).toEqual(
    ['cat', 'coffee'].flatMap((name) => ['-coco.json', '-cutout.png', '-labels.png', '.csv', '.svg'].map((ending) => name + ending)).toSorted(),
  );
  for (const entry of entries) {
    if (entry.directory) continue;
    if (entry.filename.endsWith('.json')) expect(JSON.parse(await entry.getData(new TextWriter()))).toHaveProperty('annotations');
    if (entry.filename.endsWith('-labels.png')) expect(decode(await entry.getData(new Uint8ArrayWriter())).width).toBe(entry.filename.startsWith('cat') ? 451 : 600);
  }
});

test('a gallery is saved whole: masks of every picture as one archive, captions as a table, and a broken one named', async ({ page }) => {
  await startTiny(page, { many: true });
  const real = await Promise.all(['cat.jpg', 'coffee.jpg'].map(async (path) => ({ path, bytes: await readFile(`${SAMPLES}${path}`) })));
  await dropMany(page, [...real, ...(await folder('holiday', 11)), { path: 'bent.jpg', bytes: real[0]?.bytes.subarray(0, 4000) ?? Buffer.alloc(0) }]);
  // Nothing waits for the reading, which finds out what is broken: the archive does so too.
  await page.keyboard.press('Control+s');
  await expect(page.getByRole('dialog').getByRole('radio', { name: /pictures of the gallery/ })).toBeChecked();
  const zip = await download(page, /^COCO/);
  await expect(page.getByText('Saved x-decoder.zip, without bent.jpg.')).toBeVisible();
  const entries = await new ZipReader(new BlobReader(new Blob([Uint8Array.from(zip.bytes)]))).getEntries();
  expect(entries.map((e) => e.filename).toSorted()).toEqual([...Array.from({ length: 11 }, (_, n) => `${String(n).padStart(3, '0')}-coco.json`), 'cat-coco.json', 'coffee-coco.json']);
  for (const entry of entries) {
    if (entry.directory) continue;
    const { images: [image], annotations } = JSON.parse(await entry.getData(new TextWriter())) as { images: { file_name: string; width: number; height: number }[]; annotations: Annotation[] };
    expect(annotations.length).toBeGreaterThan(0);
    if (entry.filename.startsWith('cat')) expect(image).toMatchObject({ file_name: 'cat.jpg', width: 451, height: 300 });
  }
  // Nothing was opened for it: the gallery is what is shown still.
  expect(await page.evaluate(() => window.__xdecoder.picture())).toBeNull();

  const table = (await download(page, /^Captions/)).bytes.toString().trim().split(/\r?\n/);
  expect(table).toHaveLength(1 + 13);
  expect(table.slice(1).map((line) => line.split(',').slice(0, 3).join()).toSorted()[11]).toBe('cat.jpg,caption,');
});

test('mask, JSON and caption go to the clipboard', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await startTiny(page);
  await open(page, 'cat.jpg');
  await page.keyboard.press('Control+s');
  const dialog = page.getByRole('dialog');
  // The machine has one clipboard, which another test may write to meanwhile.
  await expect(async () => {
    await dialog.getByRole('button', { name: 'Copy: COCO' }).click();
    await expect(page.getByText('Copied.').first()).toBeVisible();
    const { images } = JSON.parse(await page.evaluate(() => navigator.clipboard.readText())) as { images: { file_name: string }[] };
    expect(images.map((image) => image.file_name)).toEqual(['cat.jpg']);
  }).toPass();
  await dialog.getByRole('button', { name: 'Copy: Label map' }).click();
  await expect.poll(() => page.evaluate(async () => {
    const [item] = await navigator.clipboard.read();
    if (!item?.types.includes('image/png')) return null;
    const { width, height } = await createImageBitmap(await item.getType('image/png'));
    return [width, height];
  })).toEqual([451, 300]);
});
