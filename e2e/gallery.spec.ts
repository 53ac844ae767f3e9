/** The gallery on the tiny pack: many pictures read behind everything else, searched, kept, broken ones named. */
import { expect, test, type Page } from '@playwright/test';
import { startTiny, type as typeFor } from './support/app.ts';
import { dropMany, folder } from './support/pictures.ts';

const count = (page: Page, state: string): Promise<number> => page.evaluate((s) => window.__xdecoder.gallery().items.filter((item) => item.state === s).length, state);
const allRead = (page: Page): Promise<unknown> =>
  page.waitForFunction(() => window.__xdecoder.gallery().items.every((item) => item.state === 'read' || item.state === 'broken'), undefined, { timeout: 90_000 });

test('30 A 100-image folder indexes in the background, can be paused, and a query then returns in under 100 ms', async ({ page }) => {
  await startTiny(page);
  const pictures = await folder('holiday', 100);
  await dropMany(page, [...pictures, { path: 'holiday/broken.jpg', bytes: Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]) }, { path: 'holiday/notes.txt', bytes: Buffer.from('no picture') }]);
  await expect(page.getByRole('progressbar', { name: 'Pictures read for the search' })).toBeVisible();
  await page.waitForFunction(() => window.__xdecoder.gallery().items.filter((item) => item.state === 'read').length > 3);

  await page.getByRole('button', { name: 'Pause reading' }).click();
  await page.waitForFunction(() => window.__xdecoder.gallery().items.every((item) => item.state !== 'reading'));
  const paused = await count(page, 'read');
  expect(paused).toBeLessThan(100);
  await page.waitForTimeout(700);
  expect(await count(page, 'read')).toBe(paused);

  await page.getByRole('button', { name: 'Go on reading' }).click();
  await allRead(page);
  expect(await count(page, 'read')).toBe(100);
  // The broken one is named with its cause, what is no picture is left out, and the rest went on.
  const broken = page.getByRole('region', { name: '1 could not be read' });
  await expect(broken).toContainText('broken.jpg');
  await expect(broken.getByRole('listitem')).toHaveText(/cut off|damaged/);
  await expect(page.getByText('1 file that is no picture was left out')).toBeVisible();

  await typeFor(page, 'Search', 'a red disc');
  await page.waitForFunction(() => window.__xdecoder.gallery().hits?.ids.length === 100);
  const hits = await page.evaluate(() => window.__xdecoder.gallery().hits);
  expect(hits?.ms).toBeLessThan(100);
  expect(hits?.scores).toEqual(hits?.scores.toSorted((a, b) => b - a));
  expect(new Set(hits?.ids).size).toBe(100);
});
