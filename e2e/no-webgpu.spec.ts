/** Machines that lack something: what is chosen instead, and how it is said. */
import { expect, test } from '@playwright/test';
import { findChromium } from '../scripts/chromium.ts';
import { drop, SAMPLES, seen, start } from './support/app.ts';

const executablePath = findChromium();
test.use({ launchOptions: { ...(executablePath ? { executablePath } : {}), args: ['--no-sandbox', '--disable-gpu', '--disable-features=WebGPU'] } });

test('8. missing WebGPU: WASM, with the reason, a badge and an honest time', async ({ page }) => {
  await start(page);
  await drop(page, `${SAMPLES}coffee.jpg`);
  await seen(page, 'coffee.jpg');
  expect(await page.evaluate(() => window.__xdecoder.device()?.provider)).toBe('wasm');
  const badge = page.getByRole('button', { name: /^WASM/ });
  await expect(badge).toContainText(await page.evaluate(() => window.__xdecoder.device()?.precision ?? ''));
  await badge.click();
  const why = page.getByRole('dialog', { name: 'Where the model runs' });
  await expect(why).toContainText(/no WebGPU|no graphics adapter/);
  await expect(why).toContainText(/[\d.]+ m?s the last time/);
});

test('8. missing everything: one clear card, nothing downloaded, nothing spinning', async ({ page }) => {
  await page.addInitScript(() => Reflect.deleteProperty(window, 'WebAssembly'));
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await start(page);
  const card = page.getByRole('alert');
  await expect(card).toHaveCount(1);
  await expect(card).toContainText('WebAssembly');
  await expect(card).toContainText(/Chrome, Edge, Firefox or Safari/);
  await expect(page.locator('[aria-busy=true], [role=progressbar]')).toHaveCount(0);
  expect(asked.filter((path) => path.startsWith('/models/'))).toEqual([]);
});
