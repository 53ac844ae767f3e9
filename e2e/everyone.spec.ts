/** For everyone: keys alone, screen readers, any width, any contrast, no motion. On the shipped pack, but for two that never look at regions. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { expect, test, type Page } from '@playwright/test';
import { drop, open, start, startTiny, typePhrase } from './support/app.ts';
import { frames, layerSum, picked } from './support/stage.ts';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

interface Finding {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly string[];
}

/** What axe finds of any weight, on the page as it is. */
async function findings(page: Page): Promise<Finding[]> {
  await page.evaluate(await readFile(AXE, 'utf8'));
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run(): Promise<{ violations: { id: string; impact: string; nodes: { target: string[] }[] }[] }> } };
    const { violations } = await axe.run();
    return violations.map(({ id, impact, nodes }) => ({ id, impact, nodes: nodes.map((n) => n.target.join(' ')) }));
  });
}

const sideways = (page: Page): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
const focused = (page: Page): Promise<string> => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '');

test('36 everything works by keyboard, with the focus in view and results announced', async ({ page }) => {
  await start(page);
  // The page is reached by Tab, sample photos first.
  for (let i = 0; i < 30 && !/tower/i.test(await focused(page)); i++) await page.keyboard.press('Tab');
  expect(await focused(page)).toMatch(/tower/i);
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => window.__xdecoder.see() !== null && window.__xdecoder.busy() === null);
  await expect(page.locator('[role=status]').filter({ hasText: /regions?: / })).toBeAttached();

  // Walks through the whole page once: nothing is focused out of sight or without a visible ring.
  const seen = new Set<string>();
  for (let i = 0; i < 80; i++) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body) return null;
      const { width, height } = element.getBoundingClientRect();
      const ringed = [element, element.closest('form')?.parentElement, element.parentElement].some((e) => {
        if (!e) return false;
        const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(e);
        return (outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0) || boxShadow.includes('0px 0px 0px 1px');
      });
      return { name: `${element.tagName} ${element.getAttribute('aria-label') ?? element.textContent}`.slice(0, 60), shown: width > 0 && height > 0, ringed };
    });
    if (!at) continue;
    expect(at.shown, `${at.name} is focused out of sight`).toBe(true);
    expect(at.ringed, `${at.name} shows no focus`).toBe(true);
    seen.add(at.name);
  }
  expect(seen.size).toBeGreaterThan(15);

  // Regions, tools and verbs by key.
  await page.keyboard.press('Escape');
  await page.locator('body').press(']');
  expect(await picked(page)).toHaveLength(1);
  await page.keyboard.press(']');
  await page.keyboard.press('2');
  await page.keyboard.press('/');
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('prompt');
  await page.keyboard.type('kitchen island');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => window.__xdecoder.find()?.phrase === 'kitchen island' && window.__xdecoder.busy() === null);
  await expect(page.locator('[role=status]').filter({ hasText: /kitchen island: found|Nothing matches/ })).toBeAttached();

  // The list of regions: arrows move, Space picks, and what is focused lights up on the stage.
  await page.keyboard.press('Escape');
  await page.getByRole('option').first().focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Space');
  expect((await picked(page)).length).toBeGreaterThan(0);

  // The sheet of shortcuts opens, traps the focus, closes, and gives the focus back.
  await page.locator('body').press('?');
  const sheet = page.getByRole('dialog');
  await expect(sheet).toBeVisible();
  await page.keyboard.press('Tab');
  expect(await sheet.evaluate((dialog) => dialog.contains(document.activeElement))).toBe(true);
  await page.keyboard.press('Escape');
  await expect(sheet).toHaveCount(0);
});

test('36 reaching the list of regions chooses nothing, and what goes away leaves the focus near', async ({ page }) => {
  await startTiny(page, { many: true });
  await open(page, 'tower.jpg');
  await page.getByRole('option').first().focus();
  await page.keyboard.press('ArrowDown');
  expect(await picked(page)).toEqual([]);
  // What has the focus lights up.
  await expect(page.getByRole('option').nth(1)).toHaveAttribute('data-on');
  await page.keyboard.press('Space');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Space');
  expect(await picked(page)).toHaveLength(2);
  // A plain click chooses one in place of them; with Ctrl it adds.
  await page.getByRole('option').first().click();
  expect(await picked(page)).toHaveLength(1);
  await page.getByRole('option').nth(1).click({ modifiers: ['Control'] });
  expect(await picked(page)).toHaveLength(2);
  await page.getByRole('button', { name: 'Clear', exact: true }).focus();
  await page.keyboard.press('Enter');
  expect(await picked(page)).toEqual([]);
  await page.waitForFunction(() => document.activeElement !== document.body);
});

test('36 axe finds nothing, in any theme, with and without a picture', async ({ page }) => {
  await start(page);
  // Without motion: colours on their way from one theme to the other would be measured.
  const inTheme = async (colorScheme: 'light' | 'dark'): Promise<void> => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await expect(page.locator(`:root[data-theme="${colorScheme}"]`)).toBeAttached();
    await frames(page);
  };
  for (const scheme of ['light', 'dark'] as const) {
    await inTheme(scheme);
    expect(await findings(page), `the first page, ${scheme}`).toEqual([]);
  }
  await open(page, 'tower.jpg');
  await page.getByRole('option').nth(1).click();
  for (const scheme of ['light', 'dark'] as const) {
    await inTheme(scheme);
    expect(await findings(page), `See, ${scheme}`).toEqual([]);
  }
  await typePhrase(page, 'kitchen island');
  await page.waitForFunction(() => window.__xdecoder.find() !== null && window.__xdecoder.busy() === null);
  // What became possible with the answer is still drawn as what is not.
  await frames(page);
  expect(await findings(page), 'Find').toEqual([]);
  await page.getByRole('radio', { name: /^Describe/ }).click();
  await page.waitForFunction(() => window.__xdecoder.described() !== null && window.__xdecoder.busy() === null);
  // The pointer rests on what it chose, whose tip may be on its way in.
  await frames(page);
  expect(await findings(page), 'Describe').toEqual([]);
  for (const key of ['n', 'i', '?', 'Control+s']) {
    await page.locator('body').press(key);
    await expect(page.getByRole('dialog')).toBeVisible();
    await frames(page);
    expect(await findings(page), `sheet ${key}`).toEqual([]);
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toHaveCount(0);
  }
});

test('36 from 320 px to 4K, and at 200 %, nothing scrolls sideways or is cut off', async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  await start(page);
  expect(await sideways(page)).toBe(0);
  await open(page, 'tower.jpg');
  await page.getByRole('option').first().click();
  // 1440 x 900 at 200 % is 720 x 450 CSS pixels.
  for (const [width, height] of [[320, 640], [360, 740], [720, 450], [768, 1024], [1440, 900], [3840, 2160]] as const) {
    await page.setViewportSize({ width, height });
    await page.waitForTimeout(150);
    expect(await sideways(page), `${width} px`).toBe(0);
    const field = await page.getByRole('textbox').first().boundingBox();
    expect(field && field.x >= 0 && field.x + field.width <= width && field.width > 90, `the field at ${width} px`).toBe(true);
    const cut = await page.evaluate(() => [...document.querySelectorAll('button, [role=radio]')].filter((b) => {
      const { left, right, width: w } = b.getBoundingClientRect();
      return w > 0 && (left < -1 || right > innerWidth + 1) && getComputedStyle(b).visibility !== 'hidden';
    }).map((b) => b.getAttribute('aria-label') ?? b.textContent));
    expect(cut, `cut off at ${width} px`).toEqual([]);
  }
  await page.setViewportSize({ width: 320, height: 640 });
  const small = await page.evaluate(() => [...document.querySelectorAll('header button, [role=toolbar] button, [role=radio]')].map((b) => b.getBoundingClientRect()).filter(({ width, height }) => width > 0 && (width < 24 || height < 24)).length);
  expect(small).toBe(0);
});

test('36 on a narrow screen pictures are changed and closed by touch', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await start(page);
  await open(page, 'coffee.jpg', 'tower.jpg');
  const strip = page.getByRole('navigation', { name: 'Pictures' });
  await strip.getByRole('button', { name: 'coffee.jpg', exact: true }).click();
  await page.waitForFunction(() => window.__xdecoder.picture()?.name === 'coffee.jpg');
  await expect(strip.getByRole('button', { name: 'coffee.jpg', exact: true })).toHaveAttribute('aria-current', 'true');
  expect(await sideways(page)).toBe(0);
  await strip.getByRole('button', { name: 'Close this picture: coffee.jpg' }).click();
  await page.waitForFunction(() => window.__xdecoder.picture()?.name === 'tower.jpg');
  await expect(strip).toBeHidden();
});

test('37 motion, scheme and forced colours are respected, and masks stay tellable apart without colour', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce', colorScheme: 'dark' });
  await start(page);
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const night = await background();
  await open(page, 'tower.jpg');
  expect(await page.evaluate(() => document.getAnimations().filter((a) => a.effect && Number(a.effect.getComputedTiming().duration) > 50).length)).toBe(0);
  await page.emulateMedia({ reducedMotion: 'reduce', colorScheme: 'light' });
  await expect.poll(background).not.toBe(night);

  const plain = await layerSum(page, 1);
  await page.locator('body').press('t');
  await expect.poll(() => layerSum(page, 1)).not.toBe(plain);
  await page.locator('body').press('t');
  await expect.poll(() => layerSum(page, 1)).toBe(plain);
  // Forced colours bring the patterns by themselves.
  await page.emulateMedia({ forcedColors: 'active' });
  await expect.poll(() => layerSum(page, 1)).not.toBe(plain);
  await page.emulateMedia({ forcedColors: 'none' });
  await expect.poll(() => layerSum(page, 1)).toBe(plain);
});

test('36 a broken file is announced as an alert and keeps what was there', async ({ page }) => {
  await start(page);
  await open(page, 'tower.jpg');
  await drop(page, { name: 'letter.jpg', bytes: Buffer.from('Dear picture,') });
  await expect(page.getByRole('alert')).toContainText('letter.jpg');
  expect(await page.evaluate(() => window.__xdecoder.picture()?.name)).toBe('tower.jpg');
});

test('36 what was pressed and can be pressed no more leaves the focus near: a sheet still closes by Escape', async ({ page }) => {
  await startTiny(page);
  await open(page, 'cat.jpg');
  await page.keyboard.press('n');
  const sheet = page.getByRole('dialog');
  await sheet.getByRole('textbox', { name: 'One name a line' }).fill('pagoda');
  await sheet.getByRole('button', { name: 'Add', exact: true }).click();
  await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).not.toBe('BODY');
  await page.keyboard.press('Escape');
  await expect(sheet).toHaveCount(0);
  const undo = page.getByRole('button', { name: 'Undo' });
  await undo.focus();
  await page.keyboard.press('Enter');
  await expect(undo).toBeDisabled();
  await expect.poll(() => page.evaluate(() => document.activeElement?.closest('[role=toolbar]') !== null)).toBe(true);
});
