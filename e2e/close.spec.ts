/** Closing a picture is no loss: it comes back as it was. On the tiny pack. */
import { expect, test, type Page } from '@playwright/test';
import { graphRuns, open, startTiny, typePhrase } from './support/app.ts';
import { graphsDuring, onScreen, picked, regionSpots } from './support/stage.ts';

const shown = (page: Page) => page.evaluate(() => window.__xdecoder.picture()?.name ?? null);
const close = async (page: Page, name: string): Promise<void> => {
  await page.getByRole('listitem').filter({ has: page.getByRole('button', { name, exact: true }) }).hover();
  await page.getByRole('button', { name: `Close this picture: ${name}` }).click();
};

test('a closed picture comes back with what was found and picked in it, and nothing runs again', async ({ page }) => {
  await startTiny(page, { many: true });
  await open(page, 'coffee.jpg', 'tower.jpg');
  const [, region] = await regionSpots(page, 1);
  if (!region) throw new Error('One region only.');
  const { x, y } = await onScreen(page, region.at);
  await page.mouse.click(x, y);
  await typePhrase(page, 'the tower');
  await page.waitForFunction(() => window.__xdecoder.find()?.phrase === 'the tower' && window.__xdecoder.busy() === null);
  const before = await page.evaluate(() => ({ find: window.__xdecoder.find()?.id, see: window.__xdecoder.see()?.id }));

  // By the notice.
  await close(page, 'tower.jpg');
  await expect.poll(() => shown(page)).toBe('coffee.jpg');
  await expect(page.getByRole('button', { name: 'tower.jpg', exact: true })).toHaveCount(0);
  await page.waitForFunction(() => window.__xdecoder.busy() === null);
  const ran = await graphsDuring(page, async () => {
    await page.getByRole('region', { name: 'Messages' }).getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => shown(page)).toBe('tower.jpg');
    await page.waitForFunction(() => window.__xdecoder.find() !== null && window.__xdecoder.busy() === null);
  });
  expect(ran).toEqual({});
  expect(await picked(page)).toEqual([region.id]);
  expect(await page.evaluate(() => ({ find: window.__xdecoder.find()?.id, see: window.__xdecoder.see()?.id }))).toEqual(before);
  await expect(page.getByText('tower.jpg closed.', { exact: true }).and(page.locator('p'))).toHaveCount(0);

  // By keys, one that is not in view, and the last one of all.
  await page.locator('#prompt').blur();
  await close(page, 'coffee.jpg');
  expect(await shown(page)).toBe('tower.jpg');
  await page.keyboard.press('Shift+Delete');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Drop a picture');
  await page.keyboard.press('Control+z');
  await expect.poll(() => shown(page)).toBe('tower.jpg');
  expect(await picked(page)).toEqual([region.id]);
  await page.keyboard.press('Control+z');
  await expect.poll(() => shown(page)).toBe('coffee.jpg');
  await page.keyboard.press('Control+y');
  await expect(page.getByRole('button', { name: 'coffee.jpg', exact: true })).toHaveCount(0);
});

test('only the last few closed pictures are held', async ({ page }) => {
  await startTiny(page);
  const names = ['cat.jpg', 'coffee.jpg', 'tower.jpg'];
  await open(page, ...names, ...names);
  for (let i = 0; i < 6; i++) await page.locator('body').press('Shift+Delete');
  await expect.poll(async () => (await page.evaluate(() => window.__xdecoder.engine())).pictures).toBe(4);
  for (let i = 0; i < 6; i++) await page.keyboard.press('Control+z');
  expect(await page.getByRole('navigation', { name: 'Pictures' }).getByRole('listitem').count()).toBe(4);
  expect((await graphRuns(page))['image']).toBeLessThanOrEqual(7);
});
