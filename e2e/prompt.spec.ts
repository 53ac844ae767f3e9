/** Typing, on the tiny pack: phrases. */
import { expect, test, type Page } from '@playwright/test';
import { open, startTiny } from './support/app.ts';
import { graphsDuring } from './support/stage.ts';

const foundPhrase = (page: Page, phrase: string) =>
  page.waitForFunction((wanted) => window.__xdecoder.find()?.phrase === wanted && window.__xdecoder.busy() === null, phrase);

test('a phrase is previewed while it is typed, and settles on a pause', async ({ page }) => {
  await startTiny(page, { many: true });
  await open(page, 'tower.jpg');
  await page.getByRole('radio', { name: /^Find/ }).click();
  // A preview lives until the pause is over: what was shown is noted down as it comes.
  await page.evaluate(() => {
    const shown: { phrase: string; note: string; settled: boolean }[] = [];
    Object.assign(window, { shown });
    const look = (): void => {
      const phrase = window.__xdecoder.preview()?.phrase;
      const note = document.getElementById('prompt-note')?.textContent ?? '';
      if (phrase !== undefined && note !== '') shown.push({ phrase, note, settled: window.__xdecoder.find() !== null });
      requestAnimationFrame(look);
    };
    look();
  });
  const ran = await graphsDuring(page, async () => {
    await page.getByRole('textbox').first().pressSequentially('kitchen island', { delay: 20 });
    await foundPhrase(page, 'kitchen island');
  });
  const shown = await page.evaluate(() => (window as unknown as { shown: { phrase: string; note: string; settled: boolean }[] }).shown);
  const last = shown.at(-1);
  expect(last?.phrase).toBe('kitchen island');
  expect(last?.note).toMatch(/^preview, (\.\d\d|1\.0)$/);
  expect(shown.every((s) => !s.settled)).toBe(true);
  // Previews run no decoder; the pause runs it once.
  expect(ran['ground']).toBe(1);
  expect(ran['image'] ?? 0).toBe(0);
  expect(ran['base'] ?? 0).toBe(0);
  expect(await page.evaluate(() => window.__xdecoder.preview())).toBeNull();
  await expect(page.getByText(/^preview, /)).toHaveCount(0);
});
