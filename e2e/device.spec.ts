/** Choosing the device: pictures and what was found stay, and a device that can't run the model changes nothing. On the tiny pack. */
import { expect, test } from '@playwright/test';
import { choose, graphRuns, open, startTiny, typePhrase } from './support/app.ts';

test('another device takes the pictures over; one that is not there is refused in words', async ({ page }) => {
  // This pack has no variant for WebGPU.
  await startTiny(page, { device: 'wasm' });
  await open(page, 'coffee.jpg', 'tower.jpg');
  const before = await page.evaluate(() => window.__xdecoder.see()?.id);
  const choice = page.getByRole('radiogroup', { name: 'Choose the device yourself' });

  await page.keyboard.press('i');
  await choose(page, 'WebGPU');
  await expect(page.getByRole('alert')).toContainText('No provider can run this pack');
  await expect(choice.getByRole('radio', { name: 'Automatic' })).toBeChecked();
  expect(await page.evaluate(() => window.__xdecoder.phase())).toBe('ready');
  expect((await graphRuns(page))['image']).toBe(3);

  await choose(page, 'WASM');
  // A fresh engine has run the self-check and nothing else.
  await expect.poll(async () => (await graphRuns(page))['image']).toBe(1);
  await page.waitForFunction(() => window.__xdecoder.phase() === 'ready');
  await expect(choice.getByRole('radio', { name: 'WASM' })).toBeChecked();
  await page.keyboard.press('Escape');
  expect(await page.evaluate(() => window.__xdecoder.see()?.id)).toBe(before);
  expect((await page.evaluate(() => window.__xdecoder.engine())).pictures).toBe(2);

  await typePhrase(page, 'the tower');
  await page.waitForFunction(() => window.__xdecoder.find()?.phrase === 'the tower' && window.__xdecoder.busy() === null);
  expect((await graphRuns(page))['image']).toBe(2);
  // The choice is kept for the next visit.
  await page.reload();
  await expect(page.getByRole('button', { name: 'Choose a picture' })).toBeVisible();
  await page.locator('body').press('i');
  await expect(choice.getByRole('radio', { name: 'WASM' })).toBeChecked();
});
