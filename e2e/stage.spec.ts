/** Pointing: which region answers, and that no graph runs for it. On the shipped pack. */
import { expect, test, type Page } from '@playwright/test';
import { drop, open, SAMPLES, seen, start } from './support/app.ts';
import { mainThreadTasks } from './support/main-thread.ts';
import { frames, graphsDuring, layerSum, onScreen, picked, regionSpots, type RegionSpot } from './support/stage.ts';

const hovered = (page: Page): Promise<number | null> => page.evaluate(() => window.__xdecoder.selection().hovered);

async function pointAt(page: Page, spot: RegionSpot): Promise<void> {
  const { x, y } = await onScreen(page, spot.at);
  await page.mouse.move(x, y);
}

async function clickOn(page: Page, spot: RegionSpot, options: Parameters<Page['mouse']['click']>[2] = {}): Promise<void> {
  const { x, y } = await onScreen(page, spot.at);
  await page.mouse.click(x, y, options);
}

/** Several regions, the first three of them to point at. */
async function withRegions(page: Page): Promise<readonly [RegionSpot, RegionSpot, RegionSpot]> {
  await start(page);
  await open(page, 'tower.jpg');
  await page.waitForFunction(() => window.__xdecoder.traced());
  const [a, b, c] = await regionSpots(page, 1);
  if (!a || !b || !c) throw new Error('The pack gave fewer than three regions to point at.');
  return [a, b, c];
}

test('16 a new picture mid-run abandons the old one', async ({ page }) => {
  await start(page);
  await open(page, 'cat.jpg');
  await drop(page, `${SAMPLES}tower.jpg`);
  await drop(page, `${SAMPLES}coffee.jpg`);
  await seen(page, 'coffee.jpg');
  const { size, picture, current } = await page.evaluate(() => {
    const x = window.__xdecoder;
    return { size: x.see()?.size, picture: x.see()?.picture, current: x.picture() };
  });
  expect(size).toEqual({ width: 600, height: 400 });
  expect(picture).toBe((current as { key?: string } | null)?.key);
  await page.waitForTimeout(500);
  expect(await page.evaluate(() => window.__xdecoder.picture()?.name)).toBe('coffee.jpg');
});

test('a brush, a box and a press go from what was found to the regions: what they choose is seen, and the phrase waits', async ({ page }) => {
  const [a, b] = await withRegions(page);
  const find = async (): Promise<void> => {
    await page.keyboard.press('2');
    await expect.poll(async () => (await page.evaluate(() => window.__xdecoder.find()))?.matches).toBe(true);
  };
  await page.keyboard.press('2');
  await page.getByRole('textbox').first().fill('sky');
  await page.keyboard.press('Enter');
  await page.locator('[data-tool]').focus();
  await find();
  const selection = () => page.evaluate(() => window.__xdecoder.selection());
  const from = await onScreen(page, a.at);
  const to = await onScreen(page, b.at);
  const drag = async (): Promise<void> => {
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2, { steps: 3 });
    await page.mouse.move(to.x, to.y, { steps: 3 });
    await page.mouse.up();
  };
  const shown = (): Promise<boolean> => page.evaluate(() => window.__xdecoder.find() !== null);
  await page.keyboard.press('p');
  await drag();
  expect((await selection()).strokes).toHaveLength(1);
  expect(await shown()).toBe(false);
  await page.keyboard.press('Escape');
  await page.keyboard.press('b');
  await find();
  await drag();
  expect(await shown()).toBe(false);
  await page.keyboard.press('v');
  await find();
  await clickOn(page, a);
  expect([await picked(page), await shown()]).toEqual([[a.id], false]);
  await find();
  await page.getByRole('option').nth(1).click();
  expect([(await picked(page)).length, await shown()]).toEqual([1, false]);
  await page.locator('[data-tool]').focus();
  await find();
  await page.mouse.move(0, 0);
  await frames(page);
  const bare = await layerSum(page, 2);
  await page.getByRole('option').nth(1).hover();
  await expect.poll(() => layerSum(page, 2)).not.toBe(bare);
  await page.mouse.move(0, 0);
  await page.keyboard.press(']');
  expect(await shown()).toBe(false);
  await find();
  await expect(page.getByRole('textbox').first()).toHaveValue('sky');
});

test('the dock\'s button stops what runs, by mouse and by keyboard, and keeps the focus', async ({ page }) => {
  await start(page);
  const running = (): Promise<boolean> => page.evaluate(() => window.__xdecoder.busy() !== null);
  const stop = page.getByRole('button', { name: 'Stop', exact: true });
  for (const [picture, press] of [['cat.jpg', () => stop.click()], ['tower.jpg', () => stop.press('Enter')], ['coffee.jpg', () => stop.press(' ')]] as const) {
    await open(page, picture);
    await page.locator('[data-tool]').focus();
    await page.keyboard.press('3');
    // Waits for the button itself, a frame at a time: a caption takes less than an assertion's longest pause.
    await press();
    await expect.poll(running).toBe(false);
    await page.waitForTimeout(400);
    expect(await running()).toBe(false);
    expect(await page.evaluate(() => window.__xdecoder.described())).toBe(null);
    await expect(page.locator('form').getByRole('button')).toBeFocused();
    await page.keyboard.press('1');
  }
});

test('17 the page answers while a picture is read: no task of its main thread takes 50 ms', async ({ page }) => {
  await start(page);
  await open(page, 'cat.jpg');
  const tasks = await mainThreadTasks(page, async () => {
    await drop(page, `${SAMPLES}tower.jpg`);
    await seen(page, 'tower.jpg');
    // Outlines and labels come after the masks.
    await page.waitForFunction(() => window.__xdecoder.traced());
    await frames(page, 4);
  });
  const longest = tasks.toSorted((a, b) => b - a).slice(0, 5);
  console.log(`longest tasks of the main thread: ${longest.map((ms) => `${ms.toFixed(1)} ms`).join(', ')}`);
  expect(tasks.length).toBeGreaterThan(50);
  expect(longest[0]).toBeLessThan(50);
});

test('18 the picture is read once', async ({ page }) => {
  await start(page);
  await open(page, 'tower.jpg');
  const tour = async (): Promise<void> => {
    for (const verb of ['Find', 'Describe', 'See', 'Find', 'Describe', 'See']) {
      await page.getByRole('radio', { name: new RegExp(`^${verb}`) }).click();
      await page.waitForFunction(() => window.__xdecoder.busy() === null);
    }
  };
  // Sentences are read off a smaller square: that too is read once, and words need no base pass.
  const first = await graphsDuring(page, tour);
  expect([first['image'], first['base'], first['caption_prefill']]).toEqual([1, undefined, 1]);
  const again = await graphsDuring(page, tour);
  expect([again['image'], again['base'], again['caption_prefill']]).toEqual([undefined, undefined, undefined]);
});

test('19 hover outlines a proposal within one frame', async ({ page }) => {
  const [first, second] = await withRegions(page);
  await frames(page);
  const bare = await layerSum(page, 2);
  const ran = await graphsDuring(page, async () => {
    await pointAt(page, first);
    await frames(page, 1);
    expect(await hovered(page)).toBe(first.id);
    const outlined = await layerSum(page, 2);
    expect(outlined).not.toBe(bare);
    await pointAt(page, second);
    await frames(page, 1);
    expect(await hovered(page)).toBe(second.id);
    expect(await layerSum(page, 2)).not.toBe(outlined);
  });
  expect(ran).toEqual({});
  // The time from moving the pointer to the outline being drawn, inside the page.
  const ms = await page.evaluate(async ({ x, y }) => {
    const surface = document.querySelector('[data-tool]');
    const started = performance.now();
    surface?.dispatchEvent(new PointerEvent('pointermove', { clientX: x, clientY: y, bubbles: true, pointerType: 'mouse' }));
    return performance.now() - started;
  }, await onScreen(page, first.at));
  expect(ms).toBeLessThan(16);
  await expect(page.getByRole('option').and(page.locator('[data-on]'))).toHaveCount(1);
  await page.mouse.move(5, 5);
  await frames(page);
  expect(await hovered(page)).toBeNull();
  expect(await layerSum(page, 2)).toBe(bare);
});

test('20 click pins, Shift adds, Alt or right-click subtracts', async ({ page }) => {
  const [a, b, c] = await withRegions(page);
  const ran = await graphsDuring(page, async () => {
    await clickOn(page, a);
    expect(await picked(page)).toEqual([a.id]);
    await page.keyboard.down('Shift');
    await clickOn(page, b);
    await clickOn(page, c);
    await page.keyboard.up('Shift');
    expect(await picked(page)).toEqual([a.id, b.id, c.id]);
    await page.keyboard.down('Alt');
    await clickOn(page, a);
    await page.keyboard.up('Alt');
    expect(await picked(page)).toEqual([b.id, c.id]);
    await clickOn(page, c, { button: 'right' });
    expect(await picked(page)).toEqual([b.id]);
    await clickOn(page, a);
    expect(await picked(page)).toEqual([a.id]);
  });
  expect(ran).toEqual({});
  await expect(page.getByRole('option', { selected: true })).toHaveCount(1);
});

test.describe('touch', () => {
  test.use({ hasTouch: true });

  test('20 a long press adds on touch', async ({ page }) => {
    const [a, b] = await withRegions(page);
    const session = await page.context().newCDPSession(page);
    const press = async (spot: RegionSpot, ms: number): Promise<void> => {
      await session.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [await onScreen(page, spot.at)] });
      await page.waitForTimeout(ms);
      await session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
      await frames(page);
    };
    await press(a, 50);
    expect(await picked(page)).toEqual([a.id]);
    await press(b, 700);
    expect(await picked(page)).toEqual([a.id, b.id]);
  });

  test('two fingers zoom and one moves, without picking; closing them shows the whole picture again', async ({ page }) => {
    await withRegions(page);
    const session = await page.context().newCDPSession(page);
    const { x, y } = await onScreen(page, { x: 320, y: 213 });
    const badge = page.getByRole('button', { name: /^\d+ %$/ });
    const percent = async (): Promise<number> => Number.parseInt((await badge.textContent()) ?? '', 10);
    /** Fingers this far from the middle, from the first distance to the last. */
    const fingers = async (...apart: readonly number[]): Promise<void> => {
      for (const [i, d] of apart.entries()) {
        await session.send('Input.dispatchTouchEvent', { type: i === 0 ? 'touchStart' : 'touchMove', touchPoints: [{ x: x - d, y, id: 1 }, { x: x + d, y, id: 2 }] });
        await frames(page);
      }
      await session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
      await frames(page);
    };
    const whole = await percent();
    await fingers(40, 50, 65, 80);
    await expect.poll(percent).toBeGreaterThan(whole * 1.9);
    expect(await percent()).toBeLessThan(whole * 2.1);
    // What was between the fingers is still there.
    const before = await page.evaluate(() => window.__xdecoder.view().camera);
    if (!before) throw new Error('Nothing was zoomed.');
    const box = await page.locator('[data-tool]').boundingBox();
    expect(Math.abs(before.x + 320 * before.scale + (box?.x ?? 0) - x)).toBeLessThan(3);

    await session.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x, y }] });
    for (const by of [10, 30, 50]) await session.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: [{ x: x + by, y }] });
    await session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    await frames(page);
    const after = await page.evaluate(() => window.__xdecoder.view().camera);
    expect(after?.scale).toBe(before.scale);
    expect((after?.x ?? 0) - before.x).toBeGreaterThan(30);

    await fingers(80, 60, 40, 25);
    await expect.poll(percent).toBe(whole);
    expect(await page.evaluate(() => window.__xdecoder.view().camera)).toBeNull();
    expect(await picked(page)).toEqual([]);
  });
});

test('20 a box picks what lies in it; brush and eraser change what is selected', async ({ page }) => {
  const [a] = await withRegions(page);
  const corner = await onScreen(page, { x: 2, y: 2 });
  const far = await onScreen(page, { x: 637, y: 424 });
  await page.keyboard.press('b');
  await page.mouse.move(corner.x, corner.y);
  await page.mouse.down();
  await page.mouse.move(far.x, far.y, { steps: 4 });
  await page.mouse.up();
  const all = await page.evaluate(() => window.__xdecoder.see()?.segments.map((s) => s.id).toSorted((x, y) => x - y));
  expect((await picked(page)).toSorted((x, y) => x - y)).toEqual(all);

  await page.keyboard.press('v');
  await clickOn(page, a);
  const plain = await layerSum(page, 1);
  for (const [key, mode] of [['p', 'add'], ['e', 'remove']] as const) {
    await page.keyboard.press(key);
    await page.mouse.move(corner.x + 100, corner.y + 100);
    await page.mouse.down();
    await page.mouse.move(corner.x + 200, corner.y + 140, { steps: 4 });
    await page.mouse.up();
    const last = await page.evaluate(() => window.__xdecoder.selection().strokes.at(-1));
    expect(last?.mode).toBe(mode);
    expect(last?.points.length).toBeGreaterThan(2);
  }
  await frames(page);
  expect(await layerSum(page, 1)).not.toBe(plain);
  expect(await picked(page)).toEqual([a.id]);
});

test('21 overlapping proposals are cycled with [ and ], and by the wheel with Alt', async ({ page }) => {
  await start(page);
  await open(page, 'coffee.jpg');
  await page.waitForFunction(() => window.__xdecoder.traced());
  const [a] = await regionSpots(page, 1);
  if (!a) throw new Error('Nothing was found on the cup of coffee.');
  await pointAt(page, a);
  const ran = await graphsDuring(page, async () => {
    await page.keyboard.press(']');
    await expect.poll(() => picked(page)).toEqual([a.id]);
    await page.keyboard.press(']');
    await expect.poll(async () => (await picked(page))[0]).not.toBe(a.id);
    const [under] = await picked(page);
    await frames(page);
    await page.keyboard.press(']');
    await expect.poll(async () => (await picked(page))[0]).not.toBe(under);
    await page.keyboard.press('[');
    await expect.poll(() => picked(page)).toEqual([under]);
    await page.keyboard.down('Alt');
    await page.mouse.wheel(0, -120);
    await page.keyboard.up('Alt');
    await expect.poll(() => picked(page)).toEqual([a.id]);
  });
  expect(ran).toEqual({});
  expect(await page.evaluate(() => window.__xdecoder.view().camera)).toBeNull();
});

test('22 undo and redo cover clicks, brush, vocabulary, threshold, labels and deletion', async ({ page }) => {
  const [a, b] = await withRegions(page);
  const state = () => page.evaluate(() => {
    const { picked: ids, strokes, renamed, removed } = window.__xdecoder.selection();
    return JSON.stringify([ids, strokes.length, renamed, removed, window.__xdecoder.view().threshold, window.__xdecoder.names()]);
  });
  const states = [await state()];
  const edits: readonly (() => Promise<void>)[] = [
    () => clickOn(page, a),
    async () => {
      await page.keyboard.press('p');
      const { x, y } = await onScreen(page, { x: 100, y: 100 });
      await page.mouse.move(x, y);
      await page.mouse.down();
      await page.mouse.move(x + 60, y + 20, { steps: 3 });
      await page.mouse.up();
      await page.keyboard.press('v');
    },
    async () => {
      const name = page.getByRole('textbox', { name: 'Own name' });
      await name.fill('my own thing');
      await name.press('Enter');
      await expect(page.getByRole('option', { name: /^my own thing/ })).toBeVisible();
    },
    () => clickOn(page, b),
    async () => {
      await page.keyboard.press('Delete');
      await expect(page.getByRole('option')).toHaveCount((await page.evaluate(() => window.__xdecoder.see()?.segments.length)) ?? 0);
    },
    async () => {
      await page.getByRole('button', { name: 'Look', exact: true }).click();
      await page.getByRole('slider', { name: 'Dim below score' }).focus();
      for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowRight');
      await page.keyboard.press('Escape');
      await expect(page.getByRole('dialog')).toHaveCount(0);
    },
    async () => {
      await page.getByRole('textbox').first().fill('walrus');
      await page.getByRole('textbox').first().press('Enter');
      await page.waitForFunction(() => window.__xdecoder.busy() === null);
    },
  ];
  for (const edit of edits) {
    await edit();
    states.push(await state());
  }
  expect(new Set(states).size).toBe(states.length);
  // A task switch in between changes nothing about what can be undone.
  await page.getByRole('radio', { name: /^Find/ }).click();
  await page.getByRole('radio', { name: /^See/ }).click();
  const idle = () => page.waitForFunction(() => window.__xdecoder.busy() === null);
  // The slider's three steps by key are three edits.
  const thresholds = 2;
  for (let i = states.length - 2, extra = thresholds; i >= 0; i--) {
    await page.getByRole('button', { name: 'Undo' }).click();
    await idle();
    if (i === 5) for (; extra > 0; extra--) await page.getByRole('button', { name: 'Undo' }).click();
    expect(await state()).toBe(states[i]);
  }
  for (let i = 1; i < states.length; i++) {
    await page.getByRole('button', { name: 'Redo' }).click();
    if (i === 6) for (let extra = 0; extra < thresholds; extra++) await page.getByRole('button', { name: 'Redo' }).click();
    await idle();
    expect(await state()).toBe(states[i]);
  }
});

test('22 the history is bounded, and a picture keeps its selection while another is in view', async ({ page }) => {
  const [a, b] = await withRegions(page);
  for (let i = 0; i < 52; i++) {
    await clickOn(page, a);
    await clickOn(page, b);
  }
  await open(page, 'coffee.jpg');
  expect(await picked(page)).toEqual([]);
  await page.keyboard.press('PageDown');
  expect(await picked(page)).toEqual([b.id]);
  let undone = 0;
  while (await page.getByRole('button', { name: 'Undo' }).isEnabled()) {
    await page.keyboard.press('Control+z');
    if (++undone > 110) break;
  }
  expect(undone).toBe(100);
});

test('23 threshold, opacity and detail act live, without inference', async ({ page }) => {
  const [a] = await withRegions(page);
  // What is picked has an outline, which the detail is of.
  await clickOn(page, a);
  await page.getByRole('button', { name: 'Look', exact: true }).click();
  const ran = await graphsDuring(page, async () => {
    for (const [name, layer, key] of [['Mask strength', 1, 'Home'], ['Mask strength', 1, 'End'], ['Outline detail', 2, 'Home'], ['Dim below score', 1, 'End']] as const) {
      const before = await layerSum(page, layer);
      await page.getByRole('slider', { name }).focus();
      await page.keyboard.press(key);
      await expect.poll(() => layerSum(page, layer)).not.toBe(before);
    }
  });
  expect(ran).toEqual({});
});
