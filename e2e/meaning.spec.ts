/** What only trained weights can show, with the shipped pack on WASM. */
import { expect, test } from '@playwright/test';
import { open, start } from './support/app.ts';
import { onScreen, regionSpots } from './support/stage.ts';

test('29 a region caption differs from that of the whole picture', async ({ page }) => {
  test.setTimeout(240_000);
  await start(page);
  for (const name of ['astronaut.jpg', 'tower.jpg']) {
    await open(page, name);
    await page.getByRole('radio', { name: /^Describe/ }).click();
    const said = () => page.waitForFunction(() => window.__xdecoder.described() !== null && window.__xdecoder.busy() === null);
    await said();
    const whole = await page.evaluate(() => window.__xdecoder.described()?.text);
    const spots = await regionSpots(page, 6);
    const spot = spots.at(-1);
    if (!spot) throw new Error(`No region in ${name}.`);
    const { x, y } = await onScreen(page, spot.at);
    await page.mouse.click(x, y);
    await said();
    const region = await page.evaluate(() => window.__xdecoder.described());
    console.log(`${name}: "${whole}"; ${spot.label}: "${region?.text}"`);
    expect(region?.about).toEqual([spot.label]);
    expect(region?.text).not.toBe(whole);
    await page.keyboard.press('Escape');
  }
});
