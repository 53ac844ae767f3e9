/** From the first paint to a working model: what is said, what is downloaded, and what the person can do meanwhile. */
import { expect, test, type Page } from '@playwright/test';
import { drop, SAMPLES, seen, start } from './support/app.ts';
import { plainHost, type PlainHost } from './support/plain-host.ts';

const LARGE = 1_000_000;

test('1. first paint explains the app, the download in MB and what stays here, before any large fetch', async ({ page }) => {
  const large: string[] = [];
  page.on('response', (response) => {
    if (Number(response.headers()['content-length'] ?? 0) > LARGE) large.push(response.url());
  });
  await start(page);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Drop a picture');
  await expect(page.getByText('Your pictures never leave this device.')).toBeVisible();
  const said = await page.getByText(/MB to download, once/).textContent();
  // The pack's WASM variant and the runtime together.
  expect(Number(/([\d.]+) MB/.exec(said ?? '')?.[1])).toBeGreaterThan(26.7);
  await expect(page.getByText('work offline afterwards')).toBeVisible();
  await expect(page.getByText(/Photos: .*CC BY 2\.0/)).toBeVisible();
  await expect(page.getByRole('list', { name: 'Sample photos' }).getByRole('button')).toHaveCount(6);
  expect(large).toEqual([]);
});

test('2. nothing above 1 MB is downloaded until the visitor acts', async ({ page }) => {
  const large: string[] = [];
  page.on('response', (response) => {
    if (Number(response.headers()['content-length'] ?? 0) > LARGE) large.push(new URL(response.url()).pathname);
  });
  await start(page);
  await page.waitForLoadState('networkidle');
  await page.waitForTimeout(1500);
  expect(large).toEqual([]);
  await page.getByRole('button', { name: 'Get it now' }).click();
  await expect(page.getByRole('progressbar')).toBeVisible();
  await expect.poll(() => large.length).toBeGreaterThan(0);
});

test.describe('while the model loads', () => {
  let host: PlainHost;
  test.beforeEach(async () => {
    host = await plainHost({ packRate: 3_000_000 });
  });
  test.afterEach(() => host.close());

  const begin = async (page: Page): Promise<void> => {
    await page.goto(`${host.url}?inspect`);
    await page.getByRole('button', { name: 'Get it now' }).click();
    await expect(page.getByRole('progressbar')).toBeVisible();
  };

  test('3. one bar: bytes, total, rate, time left and stage; it never moves backwards', async ({ page }) => {
    await page.goto(`${host.url}?inspect`);
    await page.evaluate(() => {
      const seenValues: { now: number; max: number; text: string }[] = [];
      Object.assign(window, { seenValues });
      new MutationObserver(() => {
        const bars = document.querySelectorAll('[role=progressbar]');
        const bar = bars[0];
        if (bars.length === 1 && bar) seenValues.push({ now: Number(bar.getAttribute('aria-valuenow')), max: Number(bar.getAttribute('aria-valuemax')), text: bar.parentElement?.textContent ?? '' });
      }).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
    });
    await page.getByRole('button', { name: 'Get it now' }).click();
    await page.waitForFunction(() => window.__xdecoder.phase() === 'ready', undefined, { timeout: 60_000 });
    const values = await page.evaluate(() => (window as unknown as { seenValues: { now: number; max: number; text: string }[] }).seenValues);
    const shares = values.filter((v) => v.max > 1).map((v) => v.now);
    expect(shares.length).toBeGreaterThan(5);
    expect(shares.every((now, i) => i === 0 || now >= (shares[i - 1] ?? 0))).toBe(true);
    const texts = values.map((v) => v.text).join('\n');
    expect(texts).toMatch(/[\d.]+ (kB|MB) of [\d.]+ MB · [\d.]+ (kB|MB)\/s · \d+ (s|min) left/);
    expect(texts).toMatch(/Getting the model ready/);
    expect(texts).toMatch(/Checking its numbers on this machine|Starting the model/);
  });

  test('36 on a phone the bar is whole, and it can be cancelled', async ({ page }) => {
    await page.setViewportSize({ width: 320, height: 568 });
    await page.goto(`${host.url}?inspect`);
    await page.getByRole('list', { name: 'Sample photos' }).getByRole('button').first().click();
    await expect(page.getByText(/ left$/)).toBeVisible({ timeout: 30_000 });
    for (const [width, height] of [[320, 568], [360, 740], [568, 320]] as const) {
      await page.setViewportSize({ width, height });
      for (const part of [page.getByRole('button', { name: 'Cancel' }), page.getByText(/ left$/)]) {
        const box = await part.boundingBox();
        expect(box && [box.x >= 0, box.x + box.width <= width, box.width > 24, box.height < 60], `at ${width} x ${height}`).toEqual([true, true, true, true]);
      }
    }
    await page.getByRole('button', { name: 'Cancel' }).click();
    await expect(page.getByRole('progressbar')).toHaveCount(0);
  });

  test('4. cancel stops the network at once; resume fetches only what is missing', async ({ page }) => {
    await begin(page);
    await expect.poll(() => host.asked.filter((p) => p.startsWith('models/default/')).length, { timeout: 30_000 }).toBeGreaterThan(4);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await expect(page.getByText('Download stopped. What has arrived is kept.', { exact: true })).toBeVisible();
    const asked = host.asked.length;
    await page.waitForTimeout(1500);
    expect(host.asked.length).toBe(asked);
    await expect(page.getByRole('progressbar')).toHaveCount(0);

    const first = new Set(host.asked.slice(0, asked));
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.waitForFunction(() => window.__xdecoder.phase() === 'ready', undefined, { timeout: 60_000 });
    const again = host.asked.slice(asked).filter((path) => first.has(path) && /\.(bin|onnx|f32|wasm)$/.test(path));
    // The one file that was under way begins again; every whole one before it is kept.
    expect(again.length).toBeLessThanOrEqual(1);
  });

  test('9. a picture dropped while weights load is shown and queued', async ({ page }) => {
    await begin(page);
    await drop(page, `${SAMPLES}coffee.jpg`);
    await expect(page.getByRole('group', { name: /Picture coffee.jpg/ })).toBeVisible();
    await expect(page.getByText('Your picture is next, as soon as the model is ready.')).toBeVisible();
    expect(await page.evaluate(() => window.__xdecoder.phase())).toBe('loading');
    await expect(page.getByRole('progressbar')).toBeVisible();
    await seen(page, 'coffee.jpg');
    await expect(page.getByText('Your picture is next')).toHaveCount(0);
  });
});
