/** The whole way with the shipped pack on WASM: drop a photo, see its regions with names, find a thing by a phrase. */
import { expect, test } from '@playwright/test';
import { drop, foundAgainst, graphRuns, open, SAMPLES, seen, segmentsAgainst, start, type, typePhrase, type Share } from './support/app.ts';

/** Drawn by hand on samples/tower.jpg, as shares of the picture. */
const SKY: Share = [0.55, 0.02, 0.98, 0.25];
const TREES: Share = [0.75, 0.75, 0.98, 0.95];
const LAKE: Share = [0.6, 0.66, 0.98, 0.74];
/** On samples/astronaut.jpg. */
const FACE_AND_SUIT: Share = [0.35, 0.15, 0.6, 0.7];

test('a dropped photo is seen, named, and a phrase finds a thing in it', async ({ page }) => {
  await start(page);
  await drop(page, `${SAMPLES}tower.jpg`);
  await expect(page.getByRole('group', { name: /Picture tower.jpg/ })).toBeVisible();
  await seen(page, 'tower.jpg');

  const device = await page.evaluate(() => window.__xdecoder.device());
  expect(device?.provider).toBe('wasm');
  expect(device?.reason).toMatch(/software|no WebGPU|no graphics adapter/);

  const sky = (await segmentsAgainst(page, SKY)).filter((s) => s.label === 'sky');
  expect(sky).toHaveLength(1);
  expect(sky[0]?.covers).toBeGreaterThan(0.9);
  const trees = (await segmentsAgainst(page, TREES)).filter((s) => s.label === 'tree');
  expect(Math.max(...trees.map((s) => s.covers))).toBeGreaterThan(0.7);
  await expect(page.getByRole('option', { name: /^sky/ })).toBeVisible();

  const before = await graphRuns(page);
  expect(before['image']).toBe(2); // the probe's and the picture's
  await typePhrase(page, 'the sky');
  const found = await foundAgainst(page, 'the sky', SKY);
  expect(found.matches).toBe(true);
  expect(found.covers).toBeGreaterThan(0.85);
  expect(found.graphs).toEqual(['text', 'ground']);

  await typePhrase(page, 'a purple elephant');
  const none = await foundAgainst(page, 'a purple elephant', LAKE);
  expect(none.matches).toBe(false);
  await expect(page.getByText(/nothing matches \(best/)).toBeVisible();
  const after = await graphRuns(page);
  expect([after['image'], after['base']]).toEqual([before['image'], before['base']]);
});

test('a person is outlined and named, and found by a phrase', async ({ page }) => {
  await start(page);
  await open(page, 'astronaut.jpg');
  const people = (await segmentsAgainst(page, FACE_AND_SUIT)).filter((s) => s.label === 'person');
  expect(Math.max(...people.map((s) => s.covers))).toBeGreaterThan(0.75);
  await typePhrase(page, 'the person');
  const found = await foundAgainst(page, 'the person', FACE_AND_SUIT);
  expect(found.matches).toBe(true);
  expect(found.covers).toBeGreaterThan(0.75);
});

test('the default pack says, answers and finds by words', async ({ page }) => {
  await start(page);
  await open(page, 'cat.jpg', 'astronaut.jpg', 'tower.jpg');
  await page.getByRole('radio', { name: /^Describe/ }).click();
  await page.waitForFunction(() => window.__xdecoder.described() !== null && window.__xdecoder.busy() === null);
  const said = await page.evaluate(() => window.__xdecoder.described());
  expect(said?.text.split(' ').length).toBeGreaterThan(3);
  expect(said?.text).toMatch(/^[A-Z][a-z' ]+$/);

  await type(page, 'Ask', 'is there a person?');
  await page.waitForFunction(() => window.__xdecoder.asked() !== null);
  const answers = await page.evaluate(() => window.__xdecoder.asked()?.answers ?? []);
  expect(answers.slice(0, 2).map((a) => a.answer).toSorted()).toEqual(['no', 'yes']);

  await type(page, 'Search', 'a cat');
  await page.waitForFunction(() => window.__xdecoder.gallery().hits?.ids.length === 3, undefined, { timeout: 60_000 });
  await expect(page.getByRole('grid').getByRole('button').first()).toHaveAccessibleName(/^cat\.jpg/);
});

test('names change without reading the picture again', async ({ page }) => {
  await start(page);
  await open(page, 'tower.jpg');
  const before = await graphRuns(page);
  await page.getByRole('textbox').first().fill('blue heavens');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => window.__xdecoder.busy() === null && window.__xdecoder.see()?.graphs.join() === 'text');
  await expect(page.getByRole('button', { name: 'Remove blue heavens' })).toBeVisible();
  await page.getByRole('button', { name: 'Remove blue heavens' }).click();
  await page.waitForFunction(() => window.__xdecoder.busy() === null && window.__xdecoder.see()?.graphs.length === 0);
  const after = await graphRuns(page);
  expect(after).toEqual({ ...before, text: (before['text'] ?? 0) + 1 });
});
