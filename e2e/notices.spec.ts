/** Messages on a phone: whatever they say, the dock, the tools and the row of pictures stay free. */
import { expect, test } from '@playwright/test';
import { drop, open, start, startTiny } from './support/app.ts';

test('36 on a phone a message covers nothing that is pressed, nor the dock the tools', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await start(page);
  await open(page, 'coffee.jpg', 'tower.jpg');
  await drop(page, { name: 'letter.jpg', bytes: Buffer.from('Dear picture,') });
  await drop(page, { name: 'a letter with a long name that goes on.jpg', bytes: Buffer.from('Dear picture,') });
  await expect(page.getByRole('alert')).toContainText('a letter with a long name');
  await expect(page.getByRole('alert')).toHaveCount(1);
  for (const [width, height] of [[320, 568], [360, 740], [400, 800], [568, 320], [740, 360], [800, 400]] as const) {
    await page.setViewportSize({ width, height });
    await page.waitForTimeout(150);
    const covered = await page.evaluate(() => {
      const said = [...document.querySelectorAll('[role=alert], [role=status]')].map((n) => n.getBoundingClientRect()).filter((box) => box.width > 1);
      if (said.length !== 1) return ['the message itself is not there'];
      return [...document.querySelectorAll('header button, nav button, [role=toolbar] button, [role=radio], form input, form button')].filter((b) => {
        const own = b.getBoundingClientRect();
        return own.width > 0 && said.some((box) => own.left < box.right && own.right > box.left && own.top < box.bottom && own.bottom > box.top);
      }).map((b) => b.getAttribute('aria-label') ?? b.textContent);
    });
    const under = await page.evaluate(() => {
      const dock = document.querySelector('form')?.parentElement?.getBoundingClientRect();
      return [...document.querySelectorAll('[role=toolbar] button')].filter((b) => {
        const own = b.getBoundingClientRect();
        return dock && own.left < dock.right && own.right > dock.left && own.top < dock.bottom && own.bottom > dock.top;
      }).map((b) => b.getAttribute('aria-label'));
    });
    expect(under, `tools under the dock at ${width} x ${height}`).toEqual([]);
    expect(covered, `covered at ${width} x ${height}`).toEqual([]);
  }
});

test('36 on a wide page the list of regions begins below a message, and takes its place when it goes', async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 800 });
  await startTiny(page, { many: true });
  await open(page, 'cat.jpg');
  await drop(page, { name: 'letter.jpg', bytes: Buffer.from('Dear picture,') });
  const message = page.getByRole('alert');
  await expect(message).toContainText('letter.jpg');
  const bottom = async (): Promise<number> => ((await message.boundingBox())?.y ?? 0) + ((await message.boundingBox())?.height ?? 0);
  const heading = page.getByRole('heading', { name: /In this picture/ });
  const top = async (): Promise<number> => (await heading.boundingBox())?.y ?? 0;
  await expect.poll(async () => (await top()) - (await bottom())).toBeGreaterThan(0);
  await message.getByRole('button', { name: 'Dismiss' }).click();
  await expect.poll(top).toBeLessThan(80);
});

test('36 many messages leave room for what can be read, and each can be reached', async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 720 });
  await startTiny(page, { many: true });
  await open(page, 'cat.jpg');
  const wrong: readonly (readonly [string, string])[] = [['letter.jpg', 'Dear picture,'], ['paper.pdf', '%PDF-1.7'], ['all.zip', 'PK\u0003\u0004'], ['none.jpg', ''], ['photo.psd', '8BPS']];
  for (const [name, text] of wrong) await drop(page, { name, bytes: Buffer.from(text, 'latin1') });
  await expect(page.getByRole('alert')).toHaveCount(wrong.length);
  const heading = page.getByRole('heading', { name: /In this picture/ });
  await expect.poll(async () => (await heading.boundingBox())?.y ?? 0).toBeLessThan(420);
  const last = page.getByRole('alert').last();
  await last.getByRole('button', { name: 'Dismiss' }).click();
  await expect(page.getByRole('alert')).toHaveCount(wrong.length - 1);
});

test('a message over an open sheet is heard and can be pressed, and the sheet stays', async ({ page }) => {
  await startTiny(page);
  await open(page, 'cat.jpg');
  await page.keyboard.press('Control+s');
  const sheet = page.getByRole('dialog');
  // A clipboard that the browser refuses: said with what to do, and not shown as done.
  await page.evaluate(() => {
    navigator.clipboard.write = () => Promise.reject(new DOMException('Write permission denied.', 'NotAllowedError'));
  });
  await sheet.getByRole('button', { name: 'Copy: COCO' }).click();
  const told = page.getByRole('alert');
  await expect(told).toContainText('The browser did not let this page use the clipboard.');
  await expect(told).toContainText('Allow it in the address bar');
  expect(await told.evaluate((element) => element.closest('[inert]') === null)).toBe(true);
  await told.getByRole('button', { name: 'Dismiss' }).click();
  await expect(told).toHaveCount(0);
  await expect(sheet).toBeVisible();
});
