/** The tool that prompts the decoder: marks inside and outside, the mask that answers them, and the way back. */
import { expect, test, type Page } from '@playwright/test';
import { open, start, startTiny } from './support/app.ts';
import { graphsDuring, onScreen, type Spot } from './support/stage.ts';

interface Answer {
  readonly id: number;
  readonly area: number;
  readonly prompted: boolean;
  /** Whether the mask has each of the places asked about. */
  readonly has: readonly boolean[];
}

/** The marks in order: inside or outside, and the place that each is within `near` pixels of. */
async function marks(page: Page, spots: readonly Spot[], near = 2): Promise<string[]> {
  const made = await page.evaluate(() => window.__xdecoder.selection().marks);
  return made.map((m) => `${m.positive ? '+' : '-'}${spots.findIndex(({ x, y }) => Math.hypot(m.x - x, m.y - y) < near)}`);
}

/** The answer that is picked, once the marks have been read. */
async function answer(page: Page, places: readonly Spot[]): Promise<Answer | null> {
  await page.waitForFunction(() => !window.__xdecoder.pointing());
  return page.evaluate((spots) => {
    const found = window.__xdecoder.pointedOut();
    const picture = window.__xdecoder.picture()?.size;
    if (!found || !picture) return null;
    const { width, height } = found.size;
    const at = ({ x, y }: { x: number; y: number }): boolean => found.ids[Math.floor((y * height) / picture.height) * width + Math.floor((x * width) / picture.width)] === 1;
    return { id: found.id, area: found.ids.reduce((sum, id) => sum + id, 0), prompted: found.prompted, has: spots.map(at) };
  }, places);
}

async function mark(page: Page, place: Spot, key?: 'Alt' | 'Shift'): Promise<void> {
  const { x, y } = await onScreen(page, place);
  if (key) await page.keyboard.down(key);
  await page.mouse.click(x, y);
  if (key) await page.keyboard.up(key);
}

/** The place of the answer that lies farthest from another. */
async function farthest(page: Page, from: Spot): Promise<Spot> {
  return page.evaluate(({ x, y }) => {
    const found = window.__xdecoder.pointedOut();
    const picture = window.__xdecoder.picture()?.size;
    if (!found || !picture) throw new Error('Nothing was pointed out.');
    const { width, height } = found.size;
    let best = { x, y };
    found.ids.forEach((inside, i) => {
      const at = { x: (((i % width) + 0.5) * picture.width) / width, y: ((Math.floor(i / width) + 0.5) * picture.height) / height };
      if (inside === 1 && Math.hypot(at.x - x, at.y - y) > Math.hypot(best.x - x, best.y - y)) best = at;
    });
    return best;
  }, from);
}

const SUIT: Spot = { x: 300, y: 430 };
const FLAG: Spot = { x: 60, y: 90 };

test('a mark prompts the decoder, more marks change the answer, undo brings the one before back', async ({ page }) => {
  test.setTimeout(180_000);
  await start(page);
  await open(page, 'astronaut.jpg');
  await page.keyboard.press('o');
  await mark(page, FLAG, 'Alt');
  await expect(page.getByText('First a mark on what is meant')).toBeVisible();
  const ran = await graphsDuring(page, async () => {
    await mark(page, SUIT);
    await expect.poll(async () => (await answer(page, []))?.prompted).toBe(true);
  });
  expect(ran).toEqual({ prompt: 1, prompted: 1 });
  const first = await answer(page, [SUIT, FLAG]);
  expect(first?.has[0]).toBe(true);
  expect(first?.area).toBeGreaterThan(1000);
  await expect(page.getByText('The decoder answered the marks').first()).toBeVisible();

  await mark(page, FLAG, 'Shift');
  await expect.poll(async () => (await answer(page, []))?.id ?? first?.id).not.toBe(first?.id);
  const second = await answer(page, [SUIT, FLAG]);
  expect(second?.area).not.toBe(first?.area);
  expect(await marks(page, [SUIT, FLAG])).toEqual(['+0', '+1']);

  await page.keyboard.press('Control+z');
  expect((await answer(page, [SUIT]))?.id).toBe(first?.id);
  expect(await marks(page, [SUIT, FLAG])).toEqual(['+0']);
  await page.keyboard.press('Control+y');
  expect((await answer(page, []))?.id).toBe(second?.id);
  // What is excluded is no part of the answer, and what is meant still is.
  await mark(page, SUIT);
  await expect.poll(async () => (await answer(page, []))?.id ?? second?.id).not.toBe(second?.id);
  const whole = await answer(page, [SUIT]);
  const far = await farthest(page, SUIT);
  await mark(page, far, 'Alt');
  await expect.poll(async () => (await answer(page, []))?.id ?? whole?.id).not.toBe(whole?.id);
  expect((await answer(page, [SUIT, far]))?.has).toEqual([true, false]);
  await page.keyboard.press('Control+d');
  expect(await answer(page, [])).toBeNull();
  expect(await marks(page, [SUIT, FLAG])).toEqual([]);
});

test('what is small is answered at once, then by a closer look at its own pixels, which later marks find done', async ({ page }) => {
  test.setTimeout(180_000);
  await start(page);
  await open(page, 'dahlia.jpg');
  await page.keyboard.press('o');
  const leaf: Spot = { x: 288, y: 405 };
  const ran = await graphsDuring(page, async () => {
    await mark(page, leaf);
    await expect.poll(async () => (await answer(page, []))?.prompted).toBe(true);
  });
  // The whole picture's features were there: one more reading, of the part.
  expect(ran).toEqual({ image: 1, prompt: 2, prompted: 2 });
  const near = await answer(page, [leaf, { x: 330, y: 200 }]);
  expect(near?.has).toEqual([true, false]);
  expect(await page.evaluate(() => window.__xdecoder.selection().picked.length)).toBe(1);
  const again = await graphsDuring(page, async () => {
    await mark(page, { x: 300, y: 415 }, 'Shift');
    await expect.poll(async () => (await answer(page, []))?.id).not.toBe(near?.id);
  });
  expect(again).toEqual({ prompt: 1, prompted: 1 });
  await page.keyboard.press('Control+z');
  expect((await answer(page, []))?.id).toBe(near?.id);
});

test('a pack that takes no marks answers with the proposal that fits them, and says so', async ({ page }) => {
  await startTiny(page, { many: true });
  await open(page, 'tower.jpg');
  await page.getByRole('radio', { name: 'Point', exact: true }).click();
  const places: readonly Spot[] = [{ x: 120, y: 60 }, { x: 520, y: 380 }];
  const ran = await graphsDuring(page, async () => {
    for (const place of places) {
      await mark(page, place);
      await expect.poll(async () => (await answer(page, []))?.prompted).toBe(false);
    }
  });
  expect(ran).toEqual({});
  await expect(page.getByText('this model takes no marks itself').first()).toBeVisible();
  expect(await page.evaluate(() => window.__xdecoder.selection().picked.length)).toBe(1);
});

test('by keyboard Enter marks the middle of the picture, and the dock shows marks as what goes in', async ({ page }) => {
  await startTiny(page, { many: true });
  await open(page, 'tower.jpg');
  const combination = page.getByRole('group', { name: 'What goes in and what comes out' });
  await expect(combination).not.toContainText('your marks');
  await page.keyboard.press('o');
  await expect(combination).toContainText('your marks');
  await expect(combination).toContainText('1 mask');
  await page.locator('[data-tool]').focus();
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await answer(page, []))?.prompted).toBe(false);
  await page.keyboard.press('Alt+Enter');
  await expect.poll(() => page.evaluate(() => window.__xdecoder.selection().marks.map((m) => m.positive))).toEqual([true, false]);
  const [size, first] = await page.evaluate(() => [window.__xdecoder.picture()?.size, window.__xdecoder.selection().marks[0]] as const);
  expect(Math.abs((first?.x ?? 0) - (size?.width ?? 0) / 2)).toBeLessThan((size?.width ?? 0) * 0.06);
  expect(Math.abs((first?.y ?? 0) - (size?.height ?? 0) / 2)).toBeLessThan((size?.height ?? 0) * 0.06);
});

test.describe('touch', () => {
  test.use({ hasTouch: true, viewport: { width: 390, height: 844 } });

  test('a finger marks what is meant, more of it and what is not of it', async ({ page }) => {
    await startTiny(page, { many: true });
    await open(page, 'tower.jpg');
    const means = page.getByRole('radiogroup', { name: 'A mark means' });
    await expect(means).toHaveCount(0);
    await page.getByRole('radio', { name: 'Point', exact: true }).tap();
    const [choice, picture] = [await means.boundingBox(), await page.locator('[data-tool]').boundingBox()];
    expect(choice?.y, 'the choice covers nothing of the picture').toBeGreaterThanOrEqual((picture?.y ?? Infinity) + (picture?.height ?? 0));
    const places: readonly Spot[] = [{ x: 120, y: 60 }, { x: 400, y: 300 }, { x: 520, y: 380 }];
    const tap = async (at: number, kind: string, then: readonly string[]): Promise<void> => {
      await means.getByText(kind, { exact: true }).tap();
      const { x, y } = await onScreen(page, places[at] as Spot);
      await page.touchscreen.tap(x, y);
      await expect.poll(() => marks(page, places, 4)).toEqual(then);
      await answer(page, []);
    };
    await tap(0, 'New', ['+0']);
    await tap(1, '+ Inside', ['+0', '+1']);
    await tap(2, '− Outside', ['+0', '+1', '-2']);
    await tap(1, 'New', ['+1']);
    expect((await answer(page, [places[1] as Spot]))?.has).toEqual([true]);
  });
});

test('pointing while a caption is shown asks for one of the thing', async ({ page }) => {
  test.setTimeout(180_000);
  await start(page);
  await open(page, 'astronaut.jpg');
  await page.getByRole('radio', { name: /^Describe/ }).click();
  await page.waitForFunction(() => window.__xdecoder.described() !== null && window.__xdecoder.busy() === null);
  const whole = await page.evaluate(() => window.__xdecoder.described()?.wanted);
  await page.keyboard.press('o');
  await mark(page, SUIT);
  await page.waitForFunction((before) => {
    const said = window.__xdecoder.described();
    return said !== null && said.wanted !== before && said.text !== '' && window.__xdecoder.busy() === null;
  }, whole);
});
