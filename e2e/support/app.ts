/** The app from a person's side: opening, dropping, typing; and what it knows, read through `?inspect`. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { expect, type Page } from '@playwright/test';

export const SAMPLES = new URL('../../public/samples/', import.meta.url).pathname;
const TINY = new URL('../fixtures/packs/tiny/', import.meta.url).pathname;

export async function start(page: Page, path = ''): Promise<void> {
  await page.goto(`/?inspect${path}`);
  await expect(page.getByRole('button', { name: 'Choose a picture' })).toBeVisible();
}

interface TinyManifest {
  readonly variants: { providers: string[] }[];
  readonly tasks: Record<string, object | undefined>;
}

export interface TinyOptions {
  /** WASM is the fast one where there is no graphics card. */
  readonly device?: 'wasm' | 'webgpu' | 'both';
  /** What follows `?inspect` in the address. */
  readonly path?: string;
  /** Every query counts, so that there are several regions to point at: generated weights are sure of little. */
  readonly many?: boolean;
}

/**
 * The app with the tiny pack in place of the offered one, from the same origin: generated weights say nothing sensible,
 * but every graph runs in milliseconds. The device is chosen by what the manifest offers, as for any pack.
 */
export async function startTiny(page: Page, { device = 'wasm', path = '', ...bars }: TinyOptions = {}): Promise<void> {
  await serveTiny(page, device, bars);
  await start(page, path);
}

/** The routes of `startTiny` alone, for a page that is opened otherwise. */
export async function serveTiny(page: Page, device: 'wasm' | 'webgpu' | 'both', { many = false }: Pick<TinyOptions, 'many'> = {}): Promise<void> {
  const manifest = JSON.parse(await readFile(`${TINY}manifest.json`, 'utf8')) as TinyManifest;
  if (many) manifest.tasks['panoptic'] = { ...manifest.tasks['panoptic'], options: { objectMask: 0, overlap: 0 } };
  for (const variant of manifest.variants) variant.providers = variant.providers.filter((provider) => device === 'both' || provider === device);
  const context = page.context();
  await context.route('**/models/tiny/**', (route) => route.fulfill({ path: TINY + new URL(route.request().url()).pathname.split('/models/tiny/')[1] }));
  await context.route('**/models/tiny/manifest.json', (route) => route.fulfill({ json: manifest }));
  const index = { packs: [{ name: 'tiny', title: 'Tiny', manifest: 'tiny/manifest.json', bytes: 0 }], default: 'tiny' };
  await context.route('**/models/index.json', (route) => route.fulfill({ json: index }));
}

/** A file dropped on the window, with the name that a person sees; bytes from disk or given. */
export async function drop(page: Page, file: string | { readonly name: string; readonly bytes: Buffer }): Promise<void> {
  const { name, bytes } = typeof file === 'string' ? { name: basename(file), bytes: await readFile(file) } : file;
  const transfer = await page.evaluateHandle(
    ({ base64, called }) => {
      const data = new DataTransfer();
      data.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], called));
      return data;
    },
    { base64: bytes.toString('base64'), called: name },
  );
  await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
}

/** Waits until the picture of this name has been seen and nothing runs. */
export async function seen(page: Page, name: string, patience = 120_000): Promise<void> {
  await page.waitForFunction(
    (wanted) => {
      const x = window.__xdecoder;
      return x.picture()?.name === wanted && x.see() !== null && x.busy() === null;
    },
    name,
    { timeout: patience },
  );
}

export interface SegmentInfo {
  readonly label: string;
  readonly score: number;
  readonly area: number;
  readonly bbox: readonly number[];
  /** Share of the given box that the segment covers, and of the segment that lies in the box. */
  readonly covers: number;
  readonly within: number;
}

/** Box as shares of the picture: left, top, right, bottom. */
export type Share = readonly [number, number, number, number];

/** Every segment of the current picture, measured against a hand-drawn box. */
export async function segmentsAgainst(page: Page, box: Share): Promise<SegmentInfo[]> {
  return page.evaluate(([l, t, r, b]) => {
    const see = window.__xdecoder.see();
    if (!see) throw new Error('Nothing was seen yet.');
    const { width, height } = see.size;
    return see.segments.map(({ id, label, score, area, bbox }) => {
      let inside = 0;
      let all = 0;
      let boxed = 0;
      for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) {
        const within = x >= l * width && x < r * width && y >= t * height && y < b * height;
        const mine = see.ids[y * width + x] === id;
        if (within) boxed++;
        if (mine) all++;
        if (within && mine) inside++;
      }
      return { label, score, area, bbox, covers: inside / boxed, within: inside / Math.max(1, all) };
    });
  }, box);
}

/** What a phrase found, against a hand-drawn box; waits for the answer to this phrase. */
export async function foundAgainst(page: Page, phrase: string, box: Share): Promise<{ score: number; matches: boolean; covers: number; within: number; graphs: readonly string[] }> {
  await page.waitForFunction((wanted) => window.__xdecoder.find()?.phrase === wanted && window.__xdecoder.busy() === null, phrase, { timeout: 60_000 });
  return page.evaluate(([l, t, r, b]) => {
    const find = window.__xdecoder.find();
    if (!find) throw new Error('Nothing was looked for.');
    const { width, height } = find.size;
    let inside = 0;
    let all = 0;
    let boxed = 0;
    for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) {
      const within = x >= l * width && x < r * width && y >= t * height && y < b * height;
      const mine = find.ids[y * width + x] === 1;
      if (within) boxed++;
      if (mine) all++;
      if (within && mine) inside++;
    }
    return { score: find.score, matches: find.matches, covers: inside / boxed, within: inside / Math.max(1, all), graphs: find.graphs };
  }, box);
}

export const graphRuns = (page: Page): Promise<Readonly<Record<string, number>>> => page.evaluate(async () => (await window.__xdecoder.engine()).graphRuns);

/**
 * Names of the measures in the performance timelines of the page's own workers. The runtime's threads are workers too, of
 * the runtime's own script: between runs they wait inside WASM and would never answer.
 */
export async function engineMeasures(page: Page): Promise<string[]> {
  const own = page.workers().filter((worker) => /\/worker-[^/]*\.js$/.test(new URL(worker.url()).pathname));
  return (await Promise.all(own.map((worker) => worker.evaluate(() => performance.getEntriesByType('measure').map((entry) => entry.name))))).flat();
}

/** Sample photos, one after the other; the last one stays in view. */
export async function open(page: Page, ...names: readonly string[]): Promise<void> {
  for (const name of names) {
    await drop(page, SAMPLES + name);
    await seen(page, name);
  }
}

/** One of a few, as a person takes it: by its words, which lie over the radio button itself. */
export const choose = (page: Page, name: string | RegExp): Promise<void> => page.locator('label').filter({ has: page.getByRole('radio', { name }) }).first().click();

/** Chooses what to do with the picture, types and presses Enter. */
export async function type(page: Page, verb: 'Find' | 'Ask' | 'Search', text: string): Promise<void> {
  await page.getByRole('radio', { name: new RegExp(`^${verb}`) }).click();
  await page.getByRole('textbox').first().fill(text);
  await page.keyboard.press('Enter');
}

export const typePhrase = (page: Page, phrase: string): Promise<void> => type(page, 'Find', phrase);
