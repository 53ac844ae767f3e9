/** The page on a plain static host: threads without headers, a second visit without a network, two tabs on one cache. */
import { expect, test, type Page } from '@playwright/test';
import { drop, SAMPLES, seen } from './support/app.ts';
import { plainHost, type PlainHost } from './support/plain-host.ts';

test.use({ serviceWorkers: 'allow' });

let host: PlainHost;
test.afterEach(() => host.close());

const isolated = (page: Page): Promise<unknown> => page.waitForFunction(() => crossOriginIsolated && window.__xdecoder !== undefined);

async function seeSample(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Cup of coffee' }).click();
  await seen(page, 'coffee.jpg');
}

for (const headers of [false, true]) test(`6. a second visit reaches ready with the network gone (${headers ? 'a host that isolates' : 'a plain host'})`, async ({ page, context }) => {
  host = await plainHost({ headers });
  await page.goto(`${host.url}?inspect`);
  await isolated(page);
  await seeSample(page);
  // Everything large came once. Where the first visit was not loaded again, the engine's worker may be older than the
  // service worker: then it has the runtime from the browser's own cache, which this host gives nothing to go by.
  expect(host.asked.filter((path) => path.endsWith('.wasm')).length).toBeLessThanOrEqual(headers ? 2 : 1);
  expect(host.asked.filter((path) => path.endsWith('image.bin'))).toHaveLength(1);
  await page.evaluate(() => navigator.serviceWorker.ready);
  await host.close();
  await context.setOffline(true);

  const again = await context.newPage();
  await again.goto(`${host.url}?inspect`);
  await again.waitForFunction(() => window.__xdecoder.phase() === 'ready');
  await drop(again, `${SAMPLES}cat.jpg`);
  await seen(again, 'cat.jpg');
  expect(await again.evaluate(() => window.__xdecoder.see()?.segments.length)).toBeGreaterThan(0);
});

test('a host without headers gets WASM threads after one reload, and only one', async ({ page }) => {
  host = await plainHost();
  let loads = 0;
  page.on('load', () => loads++);
  await page.goto(`${host.url}?inspect`);
  await isolated(page);
  await seeSample(page);
  const { threads, cores } = await page.evaluate(() => ({ threads: window.__xdecoder.device()?.threads, cores: navigator.hardwareConcurrency }));
  expect(threads).toBe(Math.min(4, cores));
  expect(loads).toBe(2);
});

test('without a service worker the page works on one thread and does not load again', async ({ page }) => {
  host = await plainHost({ missing: ['sw.js'] });
  let loads = 0;
  page.on('load', () => loads++);
  await page.goto(`${host.url}?inspect`);
  await seeSample(page);
  expect(await page.evaluate(() => [crossOriginIsolated, window.__xdecoder.device()?.threads])).toEqual([false, 1]);
  expect(loads).toBe(1);
});

test('35. two tabs share one cache and leave it whole', async ({ page, context }) => {
  host = await plainHost({ packRate: 10_000_000 });
  await page.goto(`${host.url}?inspect`);
  await isolated(page);
  const other = await context.newPage();
  await other.goto(`${host.url}?inspect`);
  await isolated(other);
  await Promise.all([seeSample(page), seeSample(other)]);
  const segments = (tab: Page) => tab.evaluate(() => window.__xdecoder.see()?.segments.map((s) => [s.label, s.area]));
  expect(await segments(other)).toEqual(await segments(page));

  const before = host.asked.length;
  const third = await context.newPage();
  await third.goto(`${host.url}?inspect`);
  await third.waitForFunction(() => window.__xdecoder.phase() === 'ready');
  expect(host.asked.slice(before).filter((path) => /\.(bin|onnx|wasm|f32)$/.test(path))).toEqual([]);
});
