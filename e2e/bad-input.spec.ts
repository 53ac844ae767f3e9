/** What can be wrong with a file: one clear sentence, the picture before stays, the next one works. */
import { readFile } from 'node:fs/promises';
import { expect, test } from '@playwright/test';
import { drop, SAMPLES, seen, start } from './support/app.ts';

test('14. broken pictures are refused in words: the picture before stays, and no spinner', async ({ page }) => {
  const tower = await readFile(`${SAMPLES}tower.jpg`);
  const broken = [
    { name: 'notes.jpg', bytes: Buffer.from('Dear diary, this is no picture.\n'), says: /not a picture: it contains text/ },
    { name: 'empty.png', bytes: Buffer.alloc(0), says: /The file is empty/ },
    { name: 'cut.jpg', bytes: tower.subarray(0, Math.floor(tower.length * 0.6)), says: /cut off/ },
    { name: 'phone.heic', bytes: Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypheic'), Buffer.alloc(64)]), says: /HEIC/ },
    { name: 'noise.webp', bytes: Buffer.concat([Buffer.from('RIFF\x64\0\0\0WEBPVP8 '), Buffer.alloc(92, 7)]), says: /damaged or incomplete/ },
  ];
  await start(page);
  await drop(page, `${SAMPLES}tower.jpg`);
  await seen(page, 'tower.jpg');
  for (const file of broken) {
    await drop(page, file);
    const alert = page.getByRole('alert').filter({ hasText: file.name });
    await expect(alert).toContainText(file.says);
    await expect(alert).toContainText('stays');
    expect(await page.evaluate(() => window.__xdecoder.picture()?.name)).toBe('tower.jpg');
    await alert.getByRole('button', { name: /Dismiss|Close/ }).click();
  }
  await drop(page, `${SAMPLES}coffee.jpg`);
  await seen(page, 'coffee.jpg');
  await expect(page.getByRole('alert')).toHaveCount(0);
  await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
});

const graph = /models\/default\/(base[^/]*\.onnx)$/;
const PACK = new URL('../public/models/default/', import.meta.url).pathname;
const faults = [
  { name: 'missing', says: /base.*HTTP 404/, fulfil: { status: 404, body: 'no' } },
  { name: 'altered', says: /base.*not the one that the manifest describes/, fulfil: null },
  { name: 'a web page instead', says: /web page instead/, fulfil: { status: 200, contentType: 'text/html', body: '<!doctype html><title>hello</title>' } },
] as const;

test('5. a graph file that is missing, altered or a web page is named, what may be repaired is fetched once more, and trying again works', async ({ page, context }) => {
  let asked = 0;
  let fault: (typeof faults)[number];
  await context.route(graph, async (route) => {
    asked++;
    if (fault.fulfil) return route.fulfill(fault.fulfil);
    const body = await readFile(PACK + (graph.exec(route.request().url())?.[1] ?? ''));
    body[1000] = (body[1000] ?? 0) ^ 0xff;
    return route.fulfill({ body });
  });
  await start(page);
  const alert = page.getByRole('alert');
  const again = alert.getByRole('button', { name: 'Try again' });
  for (fault of faults) {
    asked = 0;
    if (fault === faults[0]) await drop(page, `${SAMPLES}coffee.jpg`);
    else await again.click();
    await expect(alert).toContainText(fault.says);
    await expect(page.getByRole('progressbar')).toHaveCount(0);
    expect(asked).toBe(fault.name === 'missing' ? 1 : 2); // what is wrong is fetched once more
  }
  await context.unroute(graph);
  await again.click();
  await seen(page, 'coffee.jpg');
  await expect(page.getByRole('alert')).toHaveCount(0);
});
