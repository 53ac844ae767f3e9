/**
 * The engine on a bare page, in its real worker, while things go wrong: devices are lost, workers killed, providers compute
 * nonsense. Faults are injected into the worker itself; the tiny pack does the rest.
 */
import { readFile } from 'node:fs/promises';
import { expect, test, type Page, type Worker } from '@playwright/test';
import type { Engine, EngineEvent, PictureId } from '../src/engine/index.ts';
import { SAMPLES } from './support/app.ts';

test.use({ baseURL: 'http://localhost:4174/' });

const MANIFEST = 'packs/tiny/manifest.json';
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

/** An engine whose worker can be tampered with before the pack is loaded. */
async function engineOn(page: Page, provider: 'webgpu' | 'wasm' | 'any', tamper?: (worker: Worker) => Promise<unknown>): Promise<void> {
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
  const spawned = page.waitForEvent('worker');
  await page.evaluate((wanted) => {
    const engine = window.makeEngine(wanted === 'any' ? {} : { providers: [wanted] });
    const events: EngineEvent[] = [];
    engine.subscribe((event) => events.push(event));
    window.kept = { engine, events, id: '' as PictureId };
  }, provider);
  await tamper?.(await spawned);
}

async function loadAndOpen(page: Page, photo = 'coffee.jpg'): Promise<void> {
  const bytes = (await readFile(SAMPLES + photo)).toString('base64');
  await page.evaluate(async ([base64, manifest]) => {
    const signal = new AbortController().signal;
    await window.kept.engine.load({ kind: 'url', manifest }, { signal });
    const blob = new Blob([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))]);
    window.kept.id = (await window.kept.engine.open(blob, { signal })).id;
  }, [bytes, MANIFEST] as const);
}

interface Answer {
  readonly ids: readonly number[];
  readonly provider: string | undefined;
  readonly reason: string | undefined;
}

/** A panoptic run on the kept picture; generated weights are sure of nothing, so every query counts. */
const panoptic = (page: Page): Promise<Answer> =>
  page.evaluate(async (names) => {
    const { engine, id } = window.kept;
    const input = { vocabulary: { names }, objectMaskThreshold: 0, overlapThreshold: 0, outputSize: { width: 60, height: 40 } };
    const { output } = await engine.run('panoptic', id, input, { signal: new AbortController().signal });
    const { device } = await engine.inspect();
    return { ids: [...output.ids], provider: device?.provider, reason: device?.reason };
  }, NAMES);

const lost = (page: Page) => page.evaluate(() => window.kept.events.filter((e) => e.type === 'lost'));

test('a killed worker is started again, with pack and picture, and the request is answered', async ({ page }) => {
  await engineOn(page, 'wasm');
  await loadAndOpen(page);
  const before = await panoptic(page);
  await page.evaluate(() => window.workers[0]?.terminate());
  expect(await panoptic(page)).toEqual(before);
  expect(await lost(page)).toMatchObject([{ recovering: true }]);
  // Once more within a minute: it explains itself and repeats nothing; the next request finds a worker that is ready.
  await page.evaluate(() => window.workers[1]?.terminate());
  await expect.poll(async () => (await lost(page)).length).toBe(2);
  expect((await lost(page))[1]).toMatchObject({ recovering: false, reason: expect.stringContaining('stopped') });
  expect((await panoptic(page)).ids).toEqual(before.ids);
});

test('a worker that fails while it computes repeats the request, and a second failure is an error with advice', async ({ page }) => {
  await engineOn(page, 'wasm');
  await loadAndOpen(page);
  const said = await page.evaluate(async () => {
    const { engine, id } = window.kept;
    const run = (): Promise<unknown> => engine.run('caption', id, {}, { signal: new AbortController().signal, onWords: () => window.workers.at(-1)?.terminate() });
    return run().then(() => 'answered', (error: { code: string; message: string; advice: string }) => [error.code, error.message, error.advice]);
  });
  // Each time a word comes the worker dies: the repeated request meets the second death.
  expect(said).toEqual(['worker-crashed', expect.stringContaining('stopped'), expect.stringContaining('Reload')]);
  expect(await lost(page)).toMatchObject([{ recovering: true }, { recovering: false }]);
});

test('a lost graphics device is opened again; lost twice, the pack moves to WASM; answers stay', async ({ page }) => {
  await engineOn(page, 'any', (worker) =>
    worker.evaluate(() => {
      const open = GPUAdapter.prototype.requestDevice;
      GPUAdapter.prototype.requestDevice = async function (this: GPUAdapter, descriptor?: GPUDeviceDescriptor) {
        const device = await open.call(this, descriptor);
        Object.assign(self, { device });
        return device;
      };
    }),
  );
  await loadAndOpen(page);
  const before = await panoptic(page);
  expect(before.provider).toBe('webgpu');
  const [worker] = page.workers();
  const destroy = () => worker?.evaluate(() => (self as unknown as { device: GPUDevice }).device.destroy());
  await destroy();
  const after = await panoptic(page);
  expect(after.provider).toBe('webgpu');
  expect(after.ids).toEqual(before.ids);
  await destroy();
  const third = await panoptic(page);
  expect(third.provider).toBe('wasm');
  expect(third.ids.filter((v, i) => v === before.ids[i]).length / third.ids.length).toBeGreaterThan(0.99);
  expect(await lost(page)).toMatchObject([{ recovering: true }, { recovering: true, reason: expect.stringContaining('WASM') }]);
});

test('a device that is lost in the middle of a request does not lose the request', async ({ page }) => {
  await engineOn(page, 'webgpu', (worker) =>
    worker.evaluate(() => {
      const open = GPUAdapter.prototype.requestDevice;
      let opened = 0;
      GPUAdapter.prototype.requestDevice = async function (this: GPUAdapter, descriptor?: GPUDeviceDescriptor) {
        const device = await open.call(this, descriptor);
        if (opened++ === 0) Object.assign(self, { device });
        return device;
      };
      const submit = GPUQueue.prototype.submit;
      GPUQueue.prototype.submit = function (this: GPUQueue, buffers: Iterable<GPUCommandBuffer>) {
        const { armed, device } = self as unknown as { armed?: number; device: GPUDevice };
        if (armed !== undefined) Object.assign(self, { armed: armed - 1 });
        if (armed === 0) device.destroy();
        return submit.call(this, buffers);
      };
    }),
  );
  await loadAndOpen(page);
  await page.workers()[0]?.evaluate(() => Object.assign(self, { armed: 2 }));
  const answer = await panoptic(page);
  expect(answer.provider).toBe('webgpu');
  expect(new Set(answer.ids).size).toBeGreaterThan(1);
  expect(await lost(page)).toMatchObject([{ recovering: true }]);
});

test('a provider that computes nonsense fails the self-check and is left for the next one, with the reason', async ({ page }) => {
  await engineOn(page, 'any', (worker) =>
    worker.evaluate(() => {
      const dispatch = GPUComputePassEncoder.prototype.dispatchWorkgroups;
      let count = 0;
      GPUComputePassEncoder.prototype.dispatchWorkgroups = function (this: GPUComputePassEncoder, ...groups: Parameters<typeof dispatch>) {
        // Every seventh kernel is left out: nothing fails, numbers are wrong.
        if (++count % 7 !== 0) dispatch.apply(this, groups);
      };
    }),
  );
  await loadAndOpen(page);
  const { provider, reason } = await panoptic(page);
  expect(provider).toBe('wasm');
  expect(reason).toMatch(/WebGPU.* was left: The pack's self-check failed: .* is off by/);
});

test('in the worker the newest request wins, a cancelled one stops, and none of them blocks the next', async ({ page }) => {
  await engineOn(page, 'wasm');
  await loadAndOpen(page);
  const outcome = await page.evaluate(async (names) => {
    const { engine, id } = window.kept;
    const signal = new AbortController().signal;
    const how = (run: Promise<unknown>): Promise<string> => run.then(() => 'done', (error: { name: string; code?: string }) => error.code ?? error.name);
    const replaced = how(engine.run('caption', id, {}, { signal }));
    const bad = how(engine.run('referring', id, { phrase: ' ' }, { signal }));
    const newest = how(engine.run('referring', id, { phrase: 'a cup' }, { signal }));
    const first = await Promise.all([replaced, bad, newest]);
    const stop = new AbortController();
    const steps = async (): Promise<number> => (await engine.inspect()).graphRuns['caption_step'] ?? 0;
    const whole = (await engine.run('caption', id, {}, { signal })).graphs.filter((g) => g === 'caption_step').length;
    const before = await steps();
    const cancelled = await how(engine.run('caption', id, {}, { signal: stop.signal, onWords: () => stop.abort() }));
    const after = how(engine.run('panoptic', id, { vocabulary: { names } }, { signal }));
    return { first, cancelled, after: await after, whole, spent: (await steps()) - before };
  }, NAMES);
  expect(outcome.first.slice(0, 1)).toEqual(['AbortError']);
  expect(outcome.first[2]).toBe('done');
  expect(outcome.cancelled).toBe('AbortError');
  expect(outcome.after).toBe('done');
  expect(outcome.spent).toBeLessThan(outcome.whole);
});

test('names run the text graph alone, a phrase text and ground, thresholds and sizes nothing', async ({ page }) => {
  await engineOn(page, 'wasm');
  await loadAndOpen(page);
  const graphs = await page.evaluate(async () => {
    const { engine, id } = window.kept;
    const signal = new AbortController().signal;
    const see = async (names: string[], more: { objectMaskThreshold?: number; outputSize?: { width: number; height: number } } = {}) => (await engine.run('panoptic', id, { vocabulary: { names }, ...more }, { signal })).graphs;
    const find = async (phrase: string) => (await engine.run('referring', id, { phrase }, { signal })).graphs;
    return {
      first: await see(['wall', 'floor']),
      same: await see(['wall', 'floor']),
      fewer: await see(['floor']),
      threshold: await see(['floor'], { objectMaskThreshold: 0.3 }),
      size: await see(['floor'], { outputSize: { width: 30, height: 20 } }),
      newWord: await see(['floor', 'marmalade jar']),
      again: await see(['Marmalade  Jar']),
      phrase: await find('the cup'),
      samePhrase: await find('the cup'),
      pick: (await engine.run('pick', id, { clicks: [{ x: 10, y: 10, positive: true }] }, { signal })).graphs,
    };
  });
  expect(graphs).toEqual({
    first: ['image', 'base'], same: [], fewer: [], threshold: [], size: [], newWord: ['text'], again: [],
    phrase: ['text', 'ground'], samePhrase: ['ground'], pick: [],
  });
});

test('twenty pictures in a row stay within the budget', async ({ page }) => {
  await engineOn(page, 'wasm');
  await loadAndOpen(page);
  const photo = (await readFile(`${SAMPLES}tower.jpg`)).toString('base64');
  const measured = await page.evaluate(async ([base64, names]) => {
    const { engine } = window.kept;
    const signal = new AbortController().signal;
    const picture = new Blob([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))]);
    const measure = (performance as unknown as { measureUserAgentSpecificMemory(): Promise<{ bytes: number }> }).measureUserAgentSpecificMemory.bind(performance);
    const memory: number[] = [];
    const features: number[] = [];
    for (let i = 0; i < 20; i++) {
      const { id } = await engine.open(picture, { signal });
      await engine.run('panoptic', id, { vocabulary: { names } }, { signal });
      features.push((await engine.inspect()).featureBytes);
      if (i % 2 === 1) await engine.close(id);
      if (i === 4 || i === 19) memory.push((await measure()).bytes);
    }
    const { pictures, featureBudget } = await engine.inspect();
    return { memory, features, pictures, featureBudget };
  }, [photo, NAMES] as const);
  expect(measured.pictures).toBe(11);
  expect(Math.max(...measured.features)).toBeLessThanOrEqual(measured.featureBudget);
  const [early = 0, late = 0] = measured.memory;
  console.log(`memory after 5 pictures ${(early / 1e6).toFixed(0)} MB, after 20 ${(late / 1e6).toFixed(0)} MB; features ${measured.features.map((b) => (b / 1e6).toFixed(1)).join(' ')} MB`);
  expect(late - early).toBeLessThan(60e6);
});

test('a pack from a dropped archive loads, and loads again without it', async ({ page }) => {
  await engineOn(page, 'wasm');
  await page.goto('/');
  const report = await page.evaluate(async (manifest) => {
    const signal = new AbortController().signal;
    const folder = manifest.replace('manifest.json', '');
    const { files } = (await (await fetch(manifest)).json()) as { files: { path: string }[] };
    const dropped = new Map<string, Blob>();
    for (const path of ['manifest.json', ...files.map((f) => f.path)]) dropped.set(`my pack/${path}`, await (await fetch(folder + path)).blob());
    const source = await window.packFromFiles(dropped);
    if (!source) throw new Error('no pack was found');
    const first = window.makeEngine({ providers: ['wasm'] });
    const { name, downloadedBytes } = await first.load(source, { signal });
    first.dispose();
    const second = window.makeEngine({ providers: ['wasm'] });
    const again = await second.load({ kind: 'kept', name: 'my pack' }, { signal });
    const stored = await second.storage();
    await second.forget(null, { signal });
    const emptied = await second.storage();
    second.dispose();
    return { name, downloadedBytes, again: again.downloadedBytes, storage: again.storage, stored: stored.bytes, emptied: emptied.bytes };
  }, MANIFEST);
  expect(report).toMatchObject({ name: 'tiny', again: 0, storage: 'disk', emptied: 0 });
  expect(report.downloadedBytes).toBeGreaterThan(100_000);
  expect(report.stored).toBeGreaterThan(100_000);
});

test('the example page of the documentation finds a phrase in a picture', async ({ page }) => {
  const code = (await readFile(new URL('headless/example.html', import.meta.url), 'utf8')).trim();
  expect(await readFile(new URL('../docs/engine.md', import.meta.url), 'utf8')).toContain(code);
  await page.goto('/example.html');
  await page.waitForFunction(() => document.querySelector('input')?.onchange);
  await page.locator('input').setInputFiles(`${SAMPLES}coffee.jpg`);
  await expect(page.locator('pre')).toHaveText(/^[\d.e-]+ \d+,\d+,\d+,\d+$/);
});
