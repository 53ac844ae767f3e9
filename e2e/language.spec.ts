/** The interface in the browser's language: nothing of it stays English but what the model itself says. */
import { expect, test, type Page } from '@playwright/test';
import { en } from '../src/i18n/en.ts';
import { ko } from '../src/i18n/ko.ts';
import { open } from './support/app.ts';

test.use({ locale: 'ko-KR' });

/** English messages whose Korean is another; short ones could be a name the model gave. */
const foreign = Object.entries(en).flatMap(([key, text]) => (typeof text === 'string' && text.length > 5 && text !== ko[key as keyof typeof ko] ? [text] : []));

/** The English messages that are to be read or heard on the page as it is. */
async function leftOver(page: Page): Promise<string[]> {
  const shown = await page.evaluate(() => {
    const told = [...document.querySelectorAll('[aria-label], [placeholder], [title]')].flatMap((e) => ['aria-label', 'placeholder', 'title'].map((name) => e.getAttribute(name) ?? ''));
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) told.push(texts.currentNode.nodeValue ?? '');
    return told.map((text) => text.trim());
  });
  return foreign.filter((text) => shown.includes(text));
}

test('36 in Korean nothing of the interface stays English, and the language is changed where the look is', async ({ page }) => {
  await page.goto('/?inspect');
  await expect(page.getByRole('button', { name: '사진 고르기' })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', 'ko');
  expect(await leftOver(page), 'the first page').toEqual([]);
  await open(page, 'tower.jpg');
  await page.getByRole('option').first().click();
  await expect(page.getByRole('button', { name: 'ADE20K, 이름 150개' })).toBeVisible();
  for (const verb of [ko['verb.find'], ko['verb.describe'], ko['verb.ask'], ko['verb.search'], ko['verb.see']]) {
    await page.getByRole('radio', { name: new RegExp(`^${verb}`) }).click();
    expect(await leftOver(page), verb).toEqual([]);
  }
  for (const key of ['n', 'i', '?', 'u', 'Control+s']) {
    await page.locator('body').press(key);
    await expect(page.getByRole('dialog')).toBeVisible();
    expect(await leftOver(page), `sheet ${key}`).toEqual([]);
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toHaveCount(0);
  }
  await page.getByRole('button', { name: ko['view.title'] }).click();
  expect(await leftOver(page), 'the look').toEqual([]);
  await page.locator('label').filter({ has: page.getByRole('radio', { name: 'English' }) }).click();
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  expect((await leftOver(page)).length, 'the check can fail').toBeGreaterThan(10);
  await expect(page.getByRole('button', { name: 'ADE20K, 150 names' })).toBeAttached();
});
