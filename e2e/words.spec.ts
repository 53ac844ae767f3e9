/** Describe, Ask and Search with the shipped pack: words stream, answers are scored, the right picture comes first. */
import { expect, test } from '@playwright/test';
import { drop, graphRuns, SAMPLES, seen, start } from './support/app.ts';

test('a caption streams, is the same twice, and a region has its own', async ({ page }) => {
  await start(page);
  await drop(page, `${SAMPLES}tower.jpg`);
  await seen(page, 'tower.jpg');
  await page.evaluate(() => {
    const said: string[] = [];
    Object.assign(window, { said });
    new MutationObserver(() => {
      const text = document.querySelector('[data-caption]')?.textContent?.replace(' …', '').trim();
      if (text && text !== said.at(-1)) said.push(text);
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  await page.getByRole('radio', { name: /^Describe/ }).click();
  const done = () => page.waitForFunction(() => window.__xdecoder.busy() === null && window.__xdecoder.described() !== null);
  await done();
  const caption = await page.evaluate(() => window.__xdecoder.described()?.text ?? '');
  expect(caption.split(' ').length).toBeGreaterThan(3);
  const said = await page.evaluate(() => (window as unknown as { said: string[] }).said);
  expect(said.length).toBeGreaterThan(2);
  for (const [i, text] of said.slice(1).entries()) expect(text.startsWith(said[i] ?? '')).toBe(true);
  const runs = await graphRuns(page);

  const words = await page.evaluate(() => window.__xdecoder.described()?.graphs.filter((g) => g === 'caption_step').length);
  expect(runs['caption_step']).toBe(words);
  await page.getByRole('option', { name: /^sky/ }).click();
  await page.waitForFunction(() => window.__xdecoder.busy() === null && window.__xdecoder.described()?.about[0] === 'sky');
  const after = await graphRuns(page);
  expect(after['image']).toBe(runs['image']); // the picture was not read again
});

test('a question gets scored answers from the fixed list', async ({ page }) => {
  await start(page);
  await drop(page, `${SAMPLES}tower.jpg`);
  await seen(page, 'tower.jpg');
  await page.getByRole('radio', { name: /^Ask/ }).click();
  await page.getByRole('textbox').first().fill('Is there a sky in the picture?');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => window.__xdecoder.busy() === null && window.__xdecoder.asked() !== null);
  const answers = await page.evaluate(() => window.__xdecoder.asked()?.answers ?? []);
  expect(answers).toHaveLength(5);
  expect(answers.slice(0, 2).map((a) => a.answer)).toContain('yes');
  expect(answers.reduce((sum, a) => sum + a.score, 0)).toBeLessThanOrEqual(1.0001);
  await expect(page.locator('[data-answer]')).toHaveText(answers[0]?.answer ?? '');
});

test('a sentence finds the right picture among those that are open, and points', async ({ page }) => {
  await start(page);
  for (const name of ['tower.jpg', 'cat.jpg', 'coffee.jpg']) {
    await drop(page, SAMPLES + name);
    await seen(page, name);
  }
  await page.getByRole('radio', { name: /^Search/ }).click();
  await page.getByRole('textbox').first().fill('a cat');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => window.__xdecoder.search()?.hits.length === 3);
  const hits = page.getByRole('region', { name: 'Best pictures first' }).getByRole('listitem');
  await expect(hits.first()).toContainText('cat.jpg');
  await hits.first().getByRole('button').click();
  await page.waitForFunction(() => window.__xdecoder.picture()?.name === 'cat.jpg' && window.__xdecoder.find()?.phrase === 'a cat');
});
