/** The engine on a bare page, in its real worker: what tests without the app share. */
import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import type { Engine, EngineEvent, EngineOptions, PictureId } from '../../src/engine/index.ts';
import { SAMPLES } from './app.ts';

export const BARE = 'http://localhost:4174/';
export const MANIFEST = 'packs/tiny/manifest.json';
const NAMES = ['table', 'cup', 'spoon', 'wall', 'plate', 'floor'];

/** What a test keeps on the page between its steps. */
interface Kept {
  engine: Engine;
  id: PictureId;
  events: EngineEvent[];
}
declare global {
  interface Window {
    kept: Kept;
    workers: globalThis.Worker[];
  }
}

/** An engine whose workers are within reach. */
export async function engineOn(page: Page, options: EngineOptions): Promise<void> {
  await page.addInitScript(() => {
    window.workers = [];
    window.Worker = class extends window.Worker {
      constructor(...args: ConstructorParameters<typeof globalThis.Worker>) {
        super(...args);
        window.workers.push(this);
      }
    };
  });
  await page.goto('/');
  await page.evaluate((wanted) => {
    const engine = window.makeEngine(wanted);
    const events: EngineEvent[] = [];
    engine.subscribe((event) => events.push(event));
    window.kept = { engine, events, id: '' as PictureId };
  }, options);
}

export async function loadAndOpen(page: Page, photo = 'coffee.jpg'): Promise<void> {
  await page.evaluate((manifest) => window.kept.engine.load({ kind: 'url', manifest }, { signal: new AbortController().signal }), MANIFEST);
  await openPhoto(page, photo);
}

/** Opens a sample photo as the one that is asked about. */
export async function openPhoto(page: Page, photo: string): Promise<void> {
  const bytes = (await readFile(SAMPLES + photo)).toString('base64');
  await page.evaluate(async (base64) => {
    const blob = new Blob([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))]);
    window.kept.id = (await window.kept.engine.open(blob, { signal: new AbortController().signal })).id;
  }, bytes);
}

export interface Answer {
  readonly ids: readonly number[];
  readonly provider: string | undefined;
  readonly reason: string | undefined;
}

/** A panoptic run on the kept picture; generated weights are sure of nothing, so every query counts. */
export const panoptic = (page: Page): Promise<Answer> =>
  page.evaluate(async (names) => {
    const { engine, id } = window.kept;
    const input = { vocabulary: { names }, objectMaskThreshold: 0, overlapThreshold: 0, outputSize: { width: 60, height: 40 } };
    const { output } = await engine.run('panoptic', id, input, { signal: new AbortController().signal });
    const { device } = await engine.inspect();
    return { ids: [...output.ids], provider: device?.provider, reason: device?.reason };
  }, NAMES);

export const lost = (page: Page): Promise<(EngineEvent & { type: 'lost' })[]> => page.evaluate(() => window.kept.events.filter((e) => e.type === 'lost'));
