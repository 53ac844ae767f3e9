/**
 * Describe, Ask and Search in the app, on the tiny pack: generated weights say nothing sensible, but words stream, answers
 * are scored and pictures ranked by the very graphs of a trained pack. Small as it is, it runs on WebGPU.
 */
import { expect, test, type Page } from '@playwright/test';
import { graphRuns, open, startTiny, type } from './support/app.ts';

const starting = (page: Page): Promise<void> => startTiny(page, { device: 'webgpu' });
const idle = (page: Page) => page.waitForFunction(() => window.__xdecoder.busy() === null);

test('a caption streams, and is the same twice', async ({ page }) => {
  await starting(page);
  await open(page, 'tower.jpg');
  expect((await page.evaluate(() => window.__xdecoder.device()))?.provider).toBe('webgpu');
  await page.getByRole('radio', { name: /^Describe/ }).click();
  await page.waitForFunction(() => window.__xdecoder.described() !== null);
  await idle(page);
  const first = await page.evaluate(() => window.__xdecoder.described());
  const steps = first?.graphs.filter((g) => g === 'caption_step').length ?? 0;
  expect(steps).toBeGreaterThan(1);
  expect((await graphRuns(page))['caption_step']).toBe(steps);
  await expect(page.locator('[data-caption]')).toHaveText(first?.text ?? '');

  // Back and again: the answer is kept, nothing runs.
  await page.getByRole('radio', { name: /^See/ }).click();
  await page.getByRole('radio', { name: /^Describe/ }).click();
  await idle(page);
  expect((await graphRuns(page))['caption_step']).toBe(steps);
});

test('a question gets five scored answers from the fixed list', async ({ page }) => {
  await starting(page);
  await open(page, 'tower.jpg');
  await type(page, 'Ask', 'What is in front of the tower?');
  await page.waitForFunction(() => window.__xdecoder.asked() !== null);
  const answers = await page.evaluate(() => window.__xdecoder.asked()?.answers ?? []);
  expect(answers).toHaveLength(5);
  const scores = answers.map((a) => a.score);
  expect(scores).toEqual(scores.toSorted((a, b) => b - a));
  expect(scores.reduce((sum, s) => sum + s, 0)).toBeLessThanOrEqual(1.0001);
  await expect(page.locator('[data-answer]')).toHaveText(answers[0]?.answer ?? '');
  // Generated weights favour nothing, and the page says so.
  expect(scores[0]).toBeLessThan(0.2);
  await expect(page.getByText('No answer stands out')).toBeVisible();
});

test('a sentence ranks the pictures that are open, and the best one opens', async ({ page }) => {
  await starting(page);
  await open(page, 'tower.jpg', 'cat.jpg', 'coffee.jpg');
  await type(page, 'Search', 'a cat');
  await page.waitForFunction(() => window.__xdecoder.gallery().hits?.ids.length === 3);
  const scores = await page.evaluate(() => window.__xdecoder.gallery().hits?.scores ?? []);
  expect(scores).toEqual(scores.toSorted((a, b) => b - a));
  const best = page.getByRole('grid').getByRole('button').first();
  const name = (await best.getAttribute('aria-label'))?.match(/\w+\.jpg/)?.[0] ?? '';
  await best.click();
  await page.waitForFunction((wanted) => window.__xdecoder.picture()?.name === wanted && window.__xdecoder.find()?.phrase === 'a cat', name);
});
