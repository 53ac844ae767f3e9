/** What only trained weights can show, with the shipped pack on WASM. */
import { expect, test } from '@playwright/test';
import { open, start } from './support/app.ts';
import { onScreen, regionSpots } from './support/stage.ts';

test('29 a region caption names the region it used, and differs from that of the whole picture', async ({ page }) => {
  test.setTimeout(240_000);
  await start(page);
  for (const name of ['astronaut.jpg', 'tower.jpg']) {
    await open(page, name);
    await page.getByRole('radio', { name: /^Describe/ }).click();
    const said = () => page.waitForFunction(() => window.__xdecoder.described() !== null && window.__xdecoder.busy() === null);
    await said();
    const whole = await page.evaluate(() => window.__xdecoder.described()?.text);
    const spots = (await regionSpots(page, 6)).toReversed().slice(0, 3);
    const told: string[] = [];
    for (const { label, at } of spots) {
      const { x, y } = await onScreen(page, at);
      await page.mouse.click(x, y);
      await said();
      const region = await page.evaluate(() => window.__xdecoder.described());
      console.log(`${name}: "${whole}"; ${label}: "${region?.text}"`);
      expect(region?.about).toEqual([label]);
      await expect(page.getByRole('region', { name: 'In words' })).toContainText(label);
      told.push(region?.text ?? '');
      await page.keyboard.press('Escape');
      await said();
    }
    // A region that is most of what the picture is about may be told in the same words.
    expect(told.filter((text) => text !== whole)).not.toEqual([]);
  }
});
