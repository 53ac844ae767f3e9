/** Typing: phrases, names, questions, captions. On the shipped pack. */
import { expect, test, type Page } from '@playwright/test';
import { score } from '../src/i18n/numbers.ts';
import { choose, drop, engineMeasures, graphRuns, open, SAMPLES, seen, start, typePhrase } from './support/app.ts';
import { graphsDuring, layerSum } from './support/stage.ts';

const idle = (page: Page) => page.waitForFunction(() => window.__xdecoder.busy() === null);
const foundPhrase = (page: Page, phrase: string) =>
  page.waitForFunction((wanted) => window.__xdecoder.find()?.phrase === wanted && window.__xdecoder.busy() === null, phrase);

test('10 a phrase typed before the picture is read is answered once, with the newest text', async ({ page }) => {
  await start(page);
  // The decoder's file is held back until everything is typed.
  let release = (): void => undefined;
  const typed = new Promise<void>((resolve) => (release = resolve));
  await page.context().route('**/models/default/base*', async (route) => {
    await typed;
    await route.fallback();
  });
  await drop(page, `${SAMPLES}tower.jpg`);
  await page.getByRole('radio', { name: /^Find/ }).click();
  for (const phrase of ['the first thing', 'the second thing', 'the newest thing']) {
    await page.getByRole('textbox').first().fill(phrase);
    await page.keyboard.press('Enter');
  }
  release();
  await foundPhrase(page, 'the newest thing');
  await seen(page, 'tower.jpg');
  expect(await page.evaluate(() => window.__xdecoder.found())).toEqual(['the newest thing']);
});

test('a phrase is previewed while it is typed, and settles on a pause', async ({ page }) => {
  await start(page);
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
    await page.getByRole('textbox').first().pressSequentially('trees on the left', { delay: 120 });
    await foundPhrase(page, 'trees on the left');
  });
  const shown = await page.evaluate(() => (window as unknown as { shown: { phrase: string; note: string; settled: boolean }[] }).shown);
  const last = shown.at(-1);
  // On a slow machine typing may pause before the last letters have been previewed.
  expect(last?.phrase).toMatch(/^tree/);
  expect('trees on the left').toContain(last?.phrase);
  expect(last?.note).toMatch(/^preview, (\.\d\d|1\.0)$/);
  expect(shown.every((s) => !s.settled)).toBe(true);
  // Previews run no decoder; the pause runs it once.
  expect(ran['ground']).toBe(1);
  expect(ran['image'] ?? 0).toBe(0);
  expect(ran['base'] ?? 0).toBe(0);
  expect(await page.evaluate(() => window.__xdecoder.preview())).toBeNull();
  await expect(page.getByText(/^preview, /)).toHaveCount(0);
});

test('24 empty, endless, emoji and right-to-left phrases never throw; a cut is shown', async ({ page }) => {
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  await start(page);
  await open(page, 'tower.jpg');
  const endless = Array.from({ length: 500 }, (_, i) => `word${i}`).join(' ');
  for (const phrase of ['🐘🗼', 'البرج على اليسار', 'the \u202Etower\u202C', endless]) {
    await typePhrase(page, phrase);
    await foundPhrase(page, phrase);
  }
  await expect(page.getByText(/reads the first \d+ tokens only/)).toBeVisible();
  await typePhrase(page, 'البرج على اليسار');
  await expect(page.getByText('The model knows English words only.')).toBeVisible();
  await typePhrase(page, '   ');
  await expect(page.getByRole('button', { name: 'Find', exact: true })).toBeDisabled();
  await idle(page);
  expect(await page.evaluate(() => window.__xdecoder.find())).toBeNull();
  expect(faults).toEqual([]);
  await expect(page.getByRole('alert')).toHaveCount(0);
  // Nothing of it makes the page scroll sideways.
  expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0);
});

test('25 a phrase without a match says so, with the score, and paints nothing', async ({ page }) => {
  await start(page);
  await open(page, 'tower.jpg');
  await page.waitForTimeout(400);
  const before = await layerSum(page, 1);
  await typePhrase(page, 'a purple elephant');
  await foundPhrase(page, 'a purple elephant');
  const best = score(await page.evaluate(() => window.__xdecoder.find()?.score ?? NaN));
  await expect(page.getByText(`nothing matches (best ${best})`, { exact: true })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Found' })).toContainText(`Nothing matches (best ${best}).`);
  await page.waitForTimeout(300);
  expect(await layerSum(page, 1)).toBe(before);
  await page.getByRole('button', { name: 'Show the best guess' }).click();
  await expect.poll(() => layerSum(page, 1)).not.toBe(before);
});

test('26 a new name relabels at once, and taking one out needs no inference', async ({ page }) => {
  await start(page);
  await open(page, 'tower.jpg');
  const added = await graphsDuring(page, async () => {
    await addName(page, 'walrus');
  });
  expect(added).toEqual({ text: 1 });
  const { timings, ms } = await page.evaluate(() => ({ timings: window.__xdecoder.see()?.timings ?? {}, ms: window.__xdecoder.see()?.ms ?? 0 }));
  console.log(`relabelled ${Math.round(ms - (timings['text'] ?? 0))} ms after the text embedding`);
  const removed = await graphsDuring(page, async () => {
    await page.getByRole('button', { name: 'Remove walrus' }).click();
    await idle(page);
  });
  expect(removed).toEqual({});
});

async function addName(page: Page, name: string): Promise<void> {
  await page.getByRole('textbox').first().fill(name);
  await page.keyboard.press('Enter');
  await page.waitForFunction((n) => window.__xdecoder.names().includes(n) && window.__xdecoder.busy() === null, name);
}

test('27 names spelled alike collapse; presets load from stored embeddings; own lists are kept', async ({ page }) => {
  await start(page);
  await open(page, 'tower.jpg');
  await page.keyboard.press('n');
  const paste = page.getByRole('textbox', { name: /One name a line/ });
  await paste.fill('Walrus, walrus;  WALRUS\nsea  lion\nSea lion');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  const own = () => page.evaluate(() => window.__xdecoder.names().filter((n) => /walrus|sea lion/i.test(n) ));
  await expect.poll(own).toEqual(['Walrus', 'sea lion']);
  await page.getByRole('textbox', { name: 'Name of the list' }).fill('Arctic');
  await page.getByRole('button', { name: 'Keep this list' }).click();
  await idle(page);
  for (const title of [/ADE/, /COCO/]) {
    const ran = await graphsDuring(page, async () => {
      await choose(page, title);
      await idle(page);
    });
    expect(ran).toEqual({});
  }
  await page.getByRole('button', { name: 'Take the whole list again' }).click();
  await expect.poll(own).toEqual([]);
  await page.reload();
  await open(page, 'tower.jpg');
  expect(await own()).toEqual([]);
  await page.keyboard.press('n');
  await page.getByRole('button', { name: 'Arctic', exact: true }).click();
  await expect.poll(own).toEqual(['Walrus', 'sea lion']);
});

test('28 a caption streams, can be stopped and copied, and is the same twice', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await start(page);
  await open(page, 'tower.jpg');
  // Stops as soon as the first words are there.
  await page.evaluate(() => {
    const parts: string[] = [];
    let pressed = false;
    Object.assign(window, { parts });
    new MutationObserver(() => {
      const text = document.querySelector('[data-caption]')?.textContent ?? '';
      if (text !== '' && text !== parts.at(-1)) parts.push(text);
      const stop = parts.length < 2 || pressed ? undefined : [...document.querySelectorAll('button')].find((b) => b.textContent === 'Stop');
      pressed ||= stop !== undefined;
      stop?.click();
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  await page.getByRole('radio', { name: /^Describe/ }).click();
  await page.waitForFunction(() => (window as unknown as { parts: string[] }).parts.length >= 2 && window.__xdecoder.busy() === null);
  const stopped = await page.evaluate(() => window.__xdecoder.described());
  const partial = (await page.locator('[data-caption]').textContent()) ?? '';
  await page.getByRole('button', { name: 'Describe', exact: true }).click();
  await page.waitForFunction(() => window.__xdecoder.described() !== null);
  const full = await page.evaluate(() => window.__xdecoder.described()?.text ?? '');
  // A stopped caption is shorter; another beam may have led by then.
  if (stopped === null) expect(partial.split(' ').length).toBeLessThanOrEqual(full.split(' ').length + 1);
  expect(partial).toMatch(/^[A-Z]/);
  expect(await page.evaluate(() => (window as unknown as { parts: string[] }).parts), 'what was said stays when it is stopped').toContain(partial);
  await expect(page.locator('[data-caption]')).toHaveText(full);
  await expect(page.getByRole('status').filter({ hasText: full }).first()).toBeAttached();
  await page.getByRole('button', { name: 'Copy', exact: true }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(full);
  // The same picture, opened again.
  await open(page, 'tower.jpg');
  await expect.poll(() => page.evaluate(() => window.__xdecoder.described()?.text), { timeout: 60_000 }).toBe(full);
});

test('32 the time of every stage is in the panel', async ({ page }) => {
  await start(page);
  await open(page, 'tower.jpg');
  const card = page.getByRole('region', { name: 'Time' });
  await card.getByRole('button', { name: /all stages/ }).click();
  for (const stage of ['decode', 'resize', 'picture', 'queries', 'naming', 'drawing']) await expect(card.getByText(new RegExp(`^${stage} `))).toBeVisible();
  await typePhrase(page, 'kitchen island');
  await foundPhrase(page, 'kitchen island');
  for (const stage of ['words', 'grounding', 'naming', 'drawing']) await expect(card.getByText(new RegExp(`^${stage} `))).toBeVisible();
  expect(await engineMeasures(page)).toEqual(expect.arrayContaining(['xdecoder:image', 'xdecoder:base', 'xdecoder:ground', 'xdecoder:head']));
  expect((await graphRuns(page))['ground']).toBeGreaterThan(0);
});
