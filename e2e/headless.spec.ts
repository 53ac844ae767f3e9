/** The engine in a page of anyone's: the documented example, every kind of picture, many pictures. No graphics adapter. */
import { expect, test, type Page } from '@playwright/test';
import sharp from 'sharp';
import { findChromium } from '../scripts/chromium.ts';
import { SAMPLES } from './support/app.ts';
import { BARE, engineOn, MANIFEST } from './support/engine.ts';
import { generated } from './support/pictures.ts';

declare global {
  interface Performance {
    /** All memory of the page and its workers, in bytes; only where the page is cross-origin isolated. */
    measureUserAgentSpecificMemory(): Promise<{ readonly bytes: number }>;
  }
}

const executablePath = findChromium();
test.use({
  baseURL: BARE,
  // Memory is measured when asked, not when the browser next tidies up.
  launchOptions: { ...(executablePath ? { executablePath } : {}), args: ['--no-sandbox', '--disable-features=WebGPU', '--enable-blink-features=ForceEagerMeasureMemory'] },
});

test('the example page of docs/engine.md finds a phrase in a picture, without the app', async ({ page }) => {
  const wrong: string[] = [];
  page.on('pageerror', (error) => wrong.push(error.message));
  await page.goto('/example.html');
  // The pack loads first; only then does the page listen to its field.
  await page.waitForFunction(() => document.querySelector('input')?.onchange);
  await page.locator('input').setInputFiles(`${SAMPLES}coffee.jpg`);
  const [score = '', box = ''] = (await (await page.waitForFunction(() => document.querySelector('pre')?.textContent || null)).jsonValue() ?? '').split(' ');
  expect(Number(score)).toBeGreaterThan(0);
  expect(Number(score)).toBeLessThanOrEqual(1);
  const numbers = box.split(',').map(Number);
  expect(numbers).toHaveLength(4);
  for (const n of numbers) expect(n).toBeGreaterThanOrEqual(0);
  expect(wrong).toEqual([]);
});

type Read = { readonly format: string; readonly size: { readonly width: number; readonly height: number }; readonly embedding: number[] } | { readonly code: string; readonly stage: string; readonly message: string };

/** Opens files and says what they are by the numbers that the model gives for them, or why they are refused. */
async function readAll(page: Page, files: Readonly<Record<string, Buffer>>): Promise<Record<string, Read>> {
  await engineOn(page, {});
  return page.evaluate(async ([manifest, list]) => {
    const signal = new AbortController().signal;
    const { engine } = window.kept;
    await engine.load({ kind: 'url', manifest }, { signal });
    const found: Record<string, Read> = {};
    for (const [name, base64] of Object.entries(list)) {
      const blob = new Blob([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))]);
      try {
        const { id, format, size } = await engine.open(blob, { signal });
        const { output } = await engine.run('retrieval', id, {}, { signal });
        found[name] = { format, size, embedding: [...output.embedding] };
      } catch (error) {
        const { code, stage, message } = error as { code: string; stage: string; message: string };
        found[name] = { code, stage, message };
      }
    }
    return found;
  }, [MANIFEST, Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, bytes.toString('base64')]))] as const);
}

test('every kind of picture is read as the picture that it is; others are refused by name', async ({ page }) => {
  const svg = (fill: string): Buffer => Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="96" height="64"><rect width="96" height="64" fill="${fill}"/><rect x="8" y="8" width="40" height="40" fill="#204080"/></svg>`);
  const drawn = () => sharp(svg('#d08020')).removeAlpha();
  const other = await sharp(svg('#20d080')).removeAlpha().png().toBuffer();
  const same: Readonly<Record<string, Buffer>> = {
    'png 16': await drawn().toColourspace('rgb16').png().toBuffer(),
    jpeg: await drawn().jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer(),
    // Stored lying on its side, with the note that it is to be turned.
    exif: await drawn().rotate(-90).withMetadata({ orientation: 6 }).jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer(),
    webp: await drawn().webp({ lossless: true }).toBuffer(),
    avif: await drawn().avif({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer(),
    gif: await sharp([await drawn().png().toBuffer(), other], { join: { animated: true } }).gif().toBuffer(),
    alpha: await sharp(svg('#d08020')).ensureAlpha().png().toBuffer(),
  };
  const read = await readAll(page, {
    png: await drawn().png().toBuffer(), other, ...same, svg: svg('#d08020'),
    empty: Buffer.alloc(0),
    page: Buffer.from('<!doctype html><title>hello</title>'),
    heic: Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypheic'), Buffer.alloc(64)]),
    tiff: await drawn().tiff().toBuffer(),
    cut: (await drawn().png().toBuffer()).subarray(0, 100),
    noise: Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(500, 9), Buffer.from([0xff, 0xd9])]),
  });
  const vector = (name: string): number[] => {
    const found = read[name];
    if (!found || 'code' in found) throw new Error(`${name}: ${found?.message}`);
    return found.embedding;
  };
  const apart = (name: string): number => Math.hypot(...vector(name).map((v, i) => v - (vector('png')[i] ?? NaN)));
  // Another picture is far; the same one in any clothes is near.
  const far = apart('other');
  for (const name of Object.keys(same)) {
    expect(read[name], name).toMatchObject({ size: { width: 96, height: 64 }, format: name.split(' ')[0]?.replace(/exif/, 'jpeg').replace('alpha', 'png') });
    expect(apart(name), name).toBeLessThan(far / 5);
  }
  expect(read['svg']).toMatchObject({ size: { width: 2048, height: 1365 } });
  expect(apart('svg')).toBeLessThan(far / 2);
  expect(read).toMatchObject({
    empty: { code: 'file-empty', stage: 'decode' },
    page: { code: 'not-a-picture', message: expect.stringContaining('text') },
    heic: { code: 'format-unsupported', message: expect.stringContaining('HEIC') },
    tiff: { code: 'format-unsupported', message: expect.stringContaining('TIFF') },
    cut: { code: 'picture-damaged', message: expect.stringContaining('PNG') },
    noise: { code: 'picture-damaged', message: expect.stringContaining('JPEG') },
  });
});

/** Device memory for features, which several of twenty pictures reach, and what ten more may add to all memory, bytes. */
const BUDGET = 100_000_000;
const TEN_MORE = 60_000_000;

test('34. twenty pictures in a row keep memory within the budget', async ({ page }) => {
  test.setTimeout(300_000);
  const pictures = await Promise.all(Array.from({ length: 6 }, (_, n) => generated(n, 640)));
  await page.route('**/shipped/**', (route) => route.fulfill({ path: `public/models/default/${new URL(route.request().url()).pathname.split('/shipped/')[1] ?? ''}` }));
  await engineOn(page, { featureBudget: BUDGET });
  const state = await page.evaluate(async ([url, list]) => {
    const signal = new AbortController().signal;
    const { engine } = window.kept;
    await engine.load({ kind: 'url', manifest: url }, { signal });
    const bytes: number[] = [];
    const memory: number[] = [];
    for (let n = 0; n < 20; n++) {
      const blob = new Blob([Uint8Array.from(atob(list[n % list.length] ?? ''), (c) => c.charCodeAt(0))]);
      const { id } = await engine.open(blob, { signal });
      await engine.run('panoptic', id, { vocabulary: { names: ['wall', 'floor'] } }, { signal });
      await engine.run('referring', id, { phrase: 'a disc' }, { signal });
      // Words read the picture at a size of their own, and take longest.
      if (n % 5 === 0) await engine.run('caption', id, {}, { signal });
      bytes.push((await engine.inspect()).featureBytes);
      if (n === 9 || n === 19) memory.push((await performance.measureUserAgentSpecificMemory()).bytes);
    }
    const { featureBudget, pictures: open } = await engine.inspect();
    return { bytes, memory, featureBudget, open };
  }, ['shipped/manifest.json', pictures.map((p) => p.toString('base64'))] as const);
  expect(state.featureBudget).toBe(BUDGET);
  // The budget was reached, so something was let go, and never passed.
  expect(Math.max(...state.bytes)).toBeGreaterThan(BUDGET / 2);
  expect(Math.max(...state.bytes)).toBeLessThanOrEqual(BUDGET);
  expect(state.open).toBe(20);
  // Page and worker together, the runtime's heap included: ten more pictures add their files and small copies, no more.
  const [first = NaN, second = NaN] = state.memory;
  console.log(`Features of at most ${(Math.max(...state.bytes) / 1e6).toFixed(0)} MB; memory after 10 pictures ${(first / 1e6).toFixed(0)} MB, after 20 ${(second / 1e6).toFixed(0)} MB`);
  expect(second - first).toBeLessThan(TEN_MORE);
});
