/**
 * Pictures of the app at work with the default pack, as a person sees them.
 *
 *     npm run screenshots                    docs/images/see.png and find.png, which the README shows
 *     npm run screenshots -- --review DIR    every scene at three sizes, light and dark, to look through
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium, type Browser, type Page } from '@playwright/test';
import sharp from 'sharp';
import { build, preview } from 'vite';
import { open, start, type } from '../e2e/support/app.ts';
import { ensureChromium } from './chromium.ts';

const ROOT = join(import.meta.dirname, '..');
const PHOTO = 'tower.jpg';
const SIZES = [[1440, 900], [768, 1024], [360, 740]] as const;

/** What is done on the start page before the picture is taken. */
type Scene = (page: Page) => Promise<unknown>;

const seeing: Scene = async (page) => {
  await open(page, PHOTO);
  await page.waitForFunction(() => window.__xdecoder.traced());
};
const asked = async (page: Page, verb: 'Find' | 'Ask', text: string): Promise<void> => {
  await open(page, PHOTO);
  await type(page, verb, text);
  await page.waitForFunction(() => window.__xdecoder.busy() === null);
};

const SCENES: Readonly<Record<string, Scene>> = {
  empty: async () => undefined,
  see: seeing,
  find: (page) => asked(page, 'Find', 'the building'),
  point: async (page) => {
    await seeing(page);
    await page.keyboard.press('o');
    const box = await page.locator('[data-tool]').boundingBox();
    if (box) await page.mouse.click(box.x + 0.33 * box.width, box.y + 0.5 * box.height);
    await page.waitForFunction(() => !window.__xdecoder.pointing());
  },
  describe: async (page) => {
    await open(page, PHOTO);
    await page.getByRole('radio', { name: /^Describe/ }).click();
    await page.waitForFunction(() => window.__xdecoder.described() !== null);
  },
  ask: (page) => asked(page, 'Ask', 'is there a person?'),
  search: async (page) => {
    await open(page, 'cat.jpg', 'coffee.jpg', PHOTO);
    await type(page, 'Search', 'a cup of coffee');
    await page.waitForFunction(() => (window.__xdecoder.gallery().hits?.ids.length ?? 0) === 3);
  },
  error: async (page) => {
    await open(page, PHOTO);
    await page.getByRole('textbox').first().waitFor();
    await page.evaluate(() => {
      const data = new DataTransfer();
      data.items.add(new File(['no picture'], 'broken.jpg', { type: 'image/jpeg' }));
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true }));
    });
    await page.getByText('broken.jpg').first().waitFor();
  },
};
/** Drawing, fonts and what fades in. */
const SETTLE_MS = 1500;

type Shot = readonly [name: string, file: string];

/** Scenes of one size, each in a page of its own; the pack is fetched once. */
async function take(browser: Browser, baseURL: string, shots: readonly Shot[], [width, height]: readonly [number, number], colorScheme: 'light' | 'dark'): Promise<void> {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme, baseURL });
  for (const [name, file] of shots) {
    const page = await context.newPage();
    await start(page);
    await SCENES[name]?.(page);
    await page.mouse.move(0, 0);
    await page.waitForTimeout(SETTLE_MS);
    await sharp(await page.screenshot()).png({ palette: true, effort: 10 }).toFile(file);
    console.log(file);
    await page.close();
  }
  await context.close();
}

function options() {
  try {
    return parseArgs({ options: { review: { type: 'string' } } });
  } catch {
    console.error('Usage: npm run screenshots -- [--review DIR]');
    process.exit(2);
  }
}

const { values } = options();
await build({ root: ROOT, logLevel: 'warn' });
const server = await preview({ root: ROOT, logLevel: 'warn', preview: { port: 0, strictPort: false } });
const baseURL = server.resolvedUrls?.local[0] ?? '';
const browser = await chromium.launch({ executablePath: ensureChromium(), args: ['--no-sandbox'] });
try {
  const { review } = values;
  if (review === undefined) {
    await take(browser, baseURL, ['see', 'find'].map((name) => [name, join(ROOT, 'docs/images', `${name}.png`)]), SIZES[0], 'light');
  } else {
    mkdirSync(review, { recursive: true });
    for (const size of SIZES) for (const scheme of ['light', 'dark'] as const) {
      await take(browser, baseURL, Object.keys(SCENES).map((name) => [name, join(review, `${name}-${size[0]}-${scheme}.png`)]), size, scheme);
    }
  }
} finally {
  await browser.close();
  await server.close();
}
