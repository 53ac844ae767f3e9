/** Parts of the page that are fetched later, and one that can't be. On the tiny pack. */
import { expect, test } from '@playwright/test';
import { open, startTiny, typePhrase } from './support/app.ts';

test('a part of the page that can not be fetched is told, and the rest goes on', async ({ page }) => {
  await startTiny(page, { many: true });
  await open(page, 'tower.jpg');
  await page.context().route('**/assets/{ModelSheet,Look}-*.js', (route) => route.abort());
  await page.locator('body').press('i');
  const alert = page.getByRole('alert').filter({ hasText: 'A part of the page could not be fetched.' });
  await expect(alert).toBeVisible();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await alert.getByRole('button', { name: 'Dismiss' }).click();
  await page.getByRole('button', { name: 'Look', exact: true }).click();
  await expect(alert).toBeVisible();
  // Keys are not held by the sheet that did not come, and other sheets open.
  await page.locator('body').press('n');
  await expect(page.getByRole('dialog', { name: 'Names to look for' })).toBeVisible();
  await page.keyboard.press('Escape');
  await typePhrase(page, 'the tower');
  await page.waitForFunction(() => window.__xdecoder.find()?.phrase === 'the tower' && window.__xdecoder.busy() === null);
});
