/** How pictures come in: every way is one path with one set of checks. */
import { readFile } from 'node:fs/promises';
import { expect, test, type Page } from '@playwright/test';
import sharp from 'sharp';
import { findChromium } from '../scripts/chromium.ts';
import { drop, open as opened, SAMPLES, seen, start, startTiny } from './support/app.ts';
import { mainThreadTasks } from './support/main-thread.ts';

import { otherSite, type OtherSite } from './support/other-site.ts';
import { dropMany, folder, type TestFile } from './support/pictures.ts';

const executablePath = findChromium();
// A camera that shows a test picture.
test.use({
  launchOptions: {
    ...(executablePath ? { executablePath } : {}),
    args: ['--no-sandbox', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
  },
});

const NOTE = Buffer.from('Dear diary, this is no picture.\n');

/** A file pasted as from another program. */
async function paste(page: Page, name: string, bytes: Buffer): Promise<void> {
  await page.evaluate(({ base64, called }) => {
    const clipboardData = new DataTransfer();
    clipboardData.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], called));
    document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, { base64: bytes.toString('base64'), called: name });
}

async function pick(page: Page, name: string, buffer: Buffer): Promise<void> {
  const chooser = page.waitForEvent('filechooser', { timeout: 60_000 });
  await page.keyboard.press('Control+o');
  await (await chooser).setFiles({ name, mimeType: 'image/jpeg', buffer });
}

async function fromAddress(page: Page, address: string): Promise<void> {
  await page.keyboard.press('Escape');
  await page.locator('body').press('u');
  await page.getByRole('textbox', { name: 'Address of a picture' }).fill(address);
  await page.getByRole('button', { name: 'Open', exact: true }).click();
}

test('14. of many files dropped at once, each that is refused stays named', async ({ page }) => {
  await startTiny(page);
  const coffee = await readFile(`${SAMPLES}coffee.jpg`);
  const files: TestFile[] = [['first.jpg', NOTE], ['good.jpg', coffee], ['second.jpg', NOTE], ['third.png', Buffer.alloc(0)], ['also-good.jpg', coffee]].map(([path, bytes]) => ({ path: path as string, bytes: bytes as Buffer }));
  await dropMany(page, files);
  await expect(page.getByRole('alert').filter({ hasText: 'first.jpg, second.jpg' })).toContainText(/it contains text/);
  await expect(page.getByRole('alert').filter({ hasText: 'third.png' })).toContainText(/empty/);
  await seen(page, 'good.jpg');
  await expect(page.getByRole('alert')).toHaveCount(2);
});

test('11. text that a program copies with a picture of it goes into the field it is pasted to', async ({ page }) => {
  await startTiny(page);
  await drop(page, `${SAMPLES}cat.jpg`);
  await seen(page, 'cat.jpg');
  const pasted = async (target: string): Promise<void> => page.evaluate(({ to, base64 }) => {
    const clipboardData = new DataTransfer();
    clipboardData.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], 'image.png', { type: 'image/png' }));
    clipboardData.setData('text/plain', 'otter, stoat');
    document.querySelector(to)?.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, { to: target, base64: (await sharp({ create: { width: 40, height: 30, channels: 3, background: '#a40' } }).png().toBuffer()).toString('base64') });
  await pasted('#prompt');
  await expect(page.getByRole('button', { name: 'Remove stoat' })).toBeVisible();
  await page.waitForFunction(() => window.__xdecoder.busy() === null);
  expect(await page.evaluate(() => window.__xdecoder.picture()?.name)).toBe('cat.jpg');
  // Outside of fields the picture is what was meant.
  await pasted('body');
  await seen(page, 'pasted picture');
});

test.describe('ways in', () => {
  let site: OtherSite;
  test.afterEach(() => site.close());
  test('11. drop, paste, picker, sample, address and camera share one path and one set of checks', async ({ page }) => {
    const coffee = await readFile(`${SAMPLES}coffee.jpg`);
    site = await otherSite({ '/open/far.jpg': coffee, '/open/note.jpg': NOTE });
    // From the start: a key is faster than the request to hear of choosers, and one that no one hears of is closed at once.
    page.on('filechooser', () => undefined);
    await start(page);
    await page.getByRole('button', { name: 'Cup of coffee' }).click();
    await seen(page, 'coffee.jpg');

    const ways: readonly (readonly [name: string, put: (name: string, bytes: Buffer) => Promise<void>])[] = [
      ['dropped.jpg', (name, bytes) => drop(page, { name, bytes })],
      ['pasted.jpg', (name, bytes) => paste(page, name, bytes)],
      ['picked.jpg', (name, bytes) => pick(page, name, bytes)],
    ];
    for (const [name, put] of ways) {
      await put('note.jpg', NOTE);
      const alert = page.getByRole('alert').filter({ hasText: 'note.jpg' });
      await expect(alert).toContainText(/not a picture: it contains text/);
      await alert.getByRole('button', { name: 'Dismiss' }).click();
      await put(name, coffee);
      await seen(page, name);
    }
    // The chooser's input is in the page until it has answered, and no longer.
    await expect(page.locator('body > input[type=file]')).toHaveCount(0);

    await fromAddress(page, `${site.origin}/open/note.jpg`);
    await expect(page.getByRole('alert').filter({ hasText: 'note.jpg' })).toContainText(/not a picture: it contains text/);
    expect(await page.evaluate(() => window.__xdecoder.picture()?.name)).toBe('picked.jpg');
    await fromAddress(page, `${site.origin}/open/far.jpg`);
    await seen(page, 'far.jpg');
    // Fetched once each, without cookies and without saying from where.
    expect(site.asked.map((a) => a.path)).toEqual(['/open/note.jpg', '/open/far.jpg']);
    expect(site.asked.map((a) => [a.headers['referer'], a.headers['cookie']])).toEqual([[undefined, undefined], [undefined, undefined]]);

    await page.getByRole('button', { name: 'Add a picture' }).last().click();
    await page.getByRole('menuitem', { name: 'From the camera' }).click();
    await page.getByRole('button', { name: 'Take the picture' }).click();
    await seen(page, 'camera.png');
    expect(await page.evaluate(() => window.__xdecoder.picture()?.size.width)).toBeGreaterThan(300);
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await expect(page.getByRole('alert').filter({ hasNotText: 'note.jpg' })).toHaveCount(0);
  });
});

test('7. pictures of one drop stand in its order, the next is the next, and the one in view is in sight', async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 720 });
  await startTiny(page);
  await opened(page, 'cat.jpg');
  await dropMany(page, await folder('n', 12));
  const order = () => page.locator('nav li button[aria-current]').evaluateAll((all) => all.map((b) => b.getAttribute('aria-label')));
  await expect.poll(async () => (await order()).length).toBe(13);
  expect(await order()).toEqual([...Array.from({ length: 12 }, (_, n) => `${String(n).padStart(3, '0')}.jpg`), 'cat.jpg']);
  await seen(page, '000.jpg');
  await page.locator('[data-tool]').focus();
  for (let n = 1; n < 12; n++) {
    await page.keyboard.press('PageDown');
    expect(await page.evaluate(() => window.__xdecoder.picture()?.name)).toBe(`${String(n).padStart(3, '0')}.jpg`);
  }
  const box = await page.locator('nav [aria-current=true]').boundingBox();
  expect(box && box.y >= 48 && box.y + box.height <= 720).toBe(true);
});

test('14. a file that is no picture abandons none that are on their way', async ({ page }) => {
  await startTiny(page);
  const slow = await sharp({ create: { width: 6000, height: 4500, channels: 3, background: '#4a7' } }).jpeg().toBuffer();
  await dropMany(page, ['one.jpg', 'two.jpg'].map((path) => ({ path, bytes: slow })));
  await drop(page, { name: 'letter.jpg', bytes: Buffer.from('Dear picture,') });
  await expect(page.getByRole('alert')).toContainText('letter.jpg');
  await seen(page, 'one.jpg');
  await expect(page.locator('nav li')).toHaveCount(2);
});

test('14. a picture that comes meanwhile is shown first, a damaged one is named, and those on their way arrive', async ({ page }) => {
  await startTiny(page);
  const slow = await sharp({ create: { width: 6000, height: 4500, channels: 3, background: '#4a7' } }).jpeg().toBuffer();
  await dropMany(page, ['one.jpg', 'two.jpg', 'three.jpg'].map((path) => ({ path, bytes: slow })));
  await drop(page, `${SAMPLES}coffee.jpg`);
  await drop(page, { name: 'damaged.jpg', bytes: slow.subarray(0, 300) });
  await expect(page.locator('nav li')).toHaveCount(4);
  await expect(page.getByRole('alert')).toContainText('damaged.jpg');
  expect(await page.evaluate(() => window.__xdecoder.picture()?.name)).toBe('coffee.jpg');
  await page.keyboard.press('PageDown');
  await page.keyboard.press('PageDown');
  expect(await page.evaluate(() => window.__xdecoder.picture()?.name)).toBe('two.jpg');
  await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
});

test('16. a picture that is slow to come can be stopped: nothing opens, nothing goes on, and the next one opens', async ({ page }) => {
  await startTiny(page);
  let asked = 0;
  await page.context().route('**/samples/rocket.jpg', async (route) => {
    asked++;
    if (asked > 1) return route.continue();
    await new Promise((resolve) => setTimeout(resolve, 60_000));
    return route.abort().catch(() => undefined);
  });
  const sample = page.getByRole('list', { name: 'Sample photos' }).getByRole('button', { name: 'Rocket' });
  await sample.click();
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(page.getByText('Opening the picture')).toHaveCount(0);
  await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
  expect([asked, await page.evaluate(() => window.__xdecoder.picture())]).toEqual([1, null]);
  await sample.click();
  await seen(page, 'rocket.jpg');
  await expect(page.getByRole('alert')).toHaveCount(0);

  // What comes in place of a picture is refused, and nothing goes on opening.
  await page.reload();
  await page.context().route('**/samples/cat.jpg', (route) => route.fulfill({ contentType: 'text/html', body: '<h1>Please sign in</h1>' }));
  await page.getByRole('list', { name: 'Sample photos' }).getByRole('button', { name: 'cat' }).click();
  await expect(page.getByRole('alert')).toContainText('not a picture');
  await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
});

test('12. a 48-megapixel phone JPEG with EXIF orientation 6 stands upright and is saved at its own size', async ({ page }) => {
  test.setTimeout(240_000);
  // As the sensor has it: wide, red at its left edge. Turned by orientation 6, the red edge is the top.
  const [width, height] = [8064, 6048];
  const red = await sharp({ create: { width: 2016, height, channels: 3, background: '#d02020' } }).png().toBuffer();
  const phone = await sharp({ create: { width, height, channels: 3, background: '#2040c0' } })
    .composite([{ input: red, left: 0, top: 0 }]).withMetadata({ orientation: 6 }).jpeg({ quality: 85 }).toBuffer();
  await start(page);
  await drop(page, { name: 'phone.jpg', bytes: phone });
  await seen(page, 'phone.jpg');
  expect(await page.evaluate(() => window.__xdecoder.picture()?.size)).toEqual({ width: 6048, height: 8064 });

  await page.keyboard.press('Control+s');
  // Of the largest pictures too, files are made beside the page, which says so and can stop it.
  await page.getByRole('button', { name: /^COCO/ }).first().click();
  await expect(page.getByText('Making the file…')).toBeVisible();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByText('Making the file…')).toHaveCount(0);
  const saved = page.waitForEvent('download', { timeout: 180_000 });
  const tasks = await mainThreadTasks(page, async () => {
    await page.getByRole('button', { name: /^Label map/ }).click();
    await saved;
  });
  expect(tasks.toSorted((a, b) => b - a)[0]).toBeLessThan(400);
  // A region's number has a colour in the file's palette, and what is in none is black.
  const { data: colours, info } = await sharp(await (await saved).path(), { limitInputPixels: false }).toColourspace('srgb').removeAlpha().raw().toBuffer({ resolveWithObject: true });
  expect([info.width, info.height, info.channels]).toEqual([6048, 8064, 3]);
  const map = Uint8Array.from({ length: info.width * info.height }, (_, i) => (colours[3 * i] || colours[3 * i + 1] || colours[3 * i + 2] ? 1 : 0));

  const cut = page.waitForEvent('download', { timeout: 180_000 });
  await page.getByRole('button', { name: /^Cut-out/ }).click();
  const { data: rgba, info: out } = await sharp(await (await cut).path(), { limitInputPixels: false }).raw().toBuffer({ resolveWithObject: true });
  // The cut-out begins where the regions do.
  const box = boxOf(map, 6048);
  expect([out.width, out.height, out.channels]).toEqual([box.width, box.height, 4]);
  const found = { red: 0, blue: 0, wrong: 0 };
  for (let y = 0; y < out.height; y += 16) for (let x = 0; x < out.width; x += 16) {
    const at = (y * out.width + x) * 4;
    const region = map[(y + box.top) * 6048 + x + box.left] !== 0;
    const isRed = (rgba[at] ?? 0) > (rgba[at + 2] ?? 0);
    // JPEG blurs the edge between them by a few pixels.
    if (Math.abs(y + box.top - 2016) < 16) continue;
    if (region !== (rgba[at + 3] === 255) || (region && isRed !== (y + box.top < 2016))) found.wrong++;
    else if (region) found[isRed ? 'red' : 'blue']++;
  }
  // Right way up: red above, blue below, and opaque exactly where the map has a region.
  expect(found.wrong).toBe(0);
  expect(found.red).toBeGreaterThan(1000);
  expect(found.blue).toBeGreaterThan(1000);
});

/** Least box around everything that is not 0. */
function boxOf(map: Uint8Array, width: number): { left: number; top: number; width: number; height: number } {
  let [left, right, top, bottom] = [width, -1, Infinity, -1];
  map.forEach((id, i) => {
    if (id === 0) return;
    const x = i % width;
    const y = (i - x) / width;
    [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x), Math.min(top, y), Math.max(bottom, y)];
  });
  return { left, top, width: right - left + 1, height: bottom - top + 1 };
}

test('13. odd pictures behave or are refused by name', async ({ page }) => {
  test.setTimeout(240_000);
  const grey = { create: { width: 64, height: 48, channels: 3, background: '#777' } } as const;
  const stripes = Buffer.from(Array.from({ length: 3 * 96 * 64 }, (_, i) => (i * 7) % 251));
  const raw = { raw: { width: 96, height: 64, channels: 3 } } as const;
  const frames = await Promise.all(['#d02020', '#2040c0'].map((background) => sharp({ create: { width: 40, height: 30, channels: 3, background } }).png().toBuffer()));
  const good: readonly (readonly [name: string, bytes: Buffer, width: number, height: number])[] = [
    ['one.png', await sharp({ create: { width: 1, height: 1, channels: 3, background: '#fff' } }).png().toBuffer(), 1, 1],
    ['thread.png', await sharp({ create: { width: 1, height: 8000, channels: 3, background: '#8a8' } }).png().toBuffer(), 1, 8000],
    ['grey.jpg', await sharp(grey).greyscale().jpeg().toBuffer(), 64, 48],
    ['print.jpg', await sharp(stripes, raw).toColourspace('cmyk').jpeg().toBuffer(), 96, 64],
    ['deep.png', await sharp(stripes, raw).toColourspace('rgb16').png().toBuffer(), 96, 64],
    ['glass.png', await sharp({ create: { width: 50, height: 40, channels: 4, background: { r: 200, g: 20, b: 20, alpha: 0.4 } } }).png().toBuffer(), 50, 40],
    ['moving.gif', await sharp(frames, { join: { animated: true } }).gif().toBuffer(), 40, 30],
    ['drawn.svg', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200"><circle cx="150" cy="100" r="80" fill="#26c"/></svg>'), 2048, 1365],
  ];
  await start(page);
  for (const [name, bytes, width, height] of good) {
    await drop(page, { name, bytes });
    await seen(page, name);
    expect(await page.evaluate(() => window.__xdecoder.picture()?.size), name).toEqual({ width, height });
  }
  const refused: readonly (readonly [name: string, bytes: Buffer, says: RegExp])[] = [
    ['scan.tiff', await sharp(grey).tiff().toBuffer(), /TIFF/],
    ['paper.pdf', Buffer.from('%PDF-1.7\n'), /PDF/],
    ['map.png', await sharp({ create: { width: 12_100, height: 10_000, channels: 3, background: '#dde' } }).greyscale().png({ compressionLevel: 1 }).toBuffer(), /12,?100 . 10,?000/],
  ];
  for (const [name, bytes, says] of refused) {
    await drop(page, { name, bytes });
    await expect(page.getByRole('alert').filter({ hasText: name })).toContainText(says);
  }
  expect(await page.evaluate(() => window.__xdecoder.picture()?.name)).toBe('drawn.svg');
  await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
});

test('15. an address whose site does not permit it explains CORS in plain words', async ({ page }) => {
  const site = await otherSite({ '/closed/far.jpg': await readFile(`${SAMPLES}coffee.jpg`) });
  await start(page);
  const problem = page.getByRole('dialog').getByRole('alert');
  await fromAddress(page, `${site.origin}/closed/far.jpg`);
  await expect(problem).toContainText(/does not let other pages read its files/);
  await expect(problem).toContainText(/CORS/);
  await expect(problem).toContainText(/save the file, and drop it here/);
  await page.getByRole('textbox', { name: 'Address of a picture' }).fill(`${site.origin}/open/gone.jpg`);
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await expect(problem).toContainText(/HTTP 404/);
  await page.getByRole('textbox', { name: 'Address of a picture' }).fill('ftp://old.example/cat.jpg');
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await expect(problem).toContainText(/not a web address/);
  await site.close();
});
