/**
 * The engine on a bare page, in its real worker, while things go wrong: workers are killed, requests overtaken and
 * cancelled. The tiny pack, on WASM.
 */
import { expect, test } from '@playwright/test';
import { BARE, engineOn, loadAndOpen, lost, MANIFEST, panoptic } from './support/engine.ts';

test.use({ baseURL: BARE });

const NAMES = ['table', 'cup', 'spoon', 'wall', 'plate', 'floor'];

test('a killed worker is started again, with pack and picture, and the request is answered', async ({ page }) => {
  await engineOn(page, { providers: ['wasm'] });
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
  await engineOn(page, { providers: ['wasm'] });
  await loadAndOpen(page);
  const said = await page.evaluate(async () => {
    const { engine, id } = window.kept;
    const run = (): Promise<unknown> => engine.run('caption', id, {}, { signal: new AbortController().signal, onWords: () => window.workers.at(-1)?.terminate() });
    return run().then(() => 'answered', (error: { code: string; message: string; advice: string }) => [error.code, error.message, error.advice]);
  });
  // Each time a word comes the worker dies: the repeated request meets the second death.
  expect(said).toEqual(['worker-crashed', expect.stringContaining('stopped'), expect.stringContaining('Try again')]);
  expect(await lost(page)).toMatchObject([{ recovering: true }, { recovering: false }]);
});

test('in the worker the newest request wins, a cancelled one stops, and none of them blocks the next', async ({ page }) => {
  await engineOn(page, { providers: ['wasm'] });
  await loadAndOpen(page);
  const outcome = await page.evaluate(async (names) => {
    const { engine, id } = window.kept;
    const signal = new AbortController().signal;
    const how = (run: Promise<unknown>): Promise<string> => run.then(() => 'done', (error: { name: string }) => error.name);
    const replaced = how(engine.run('caption', id, {}, { signal }));
    const bad = how(engine.run('referring', id, { phrase: ' ' }, { signal }));
    const newest = how(engine.run('referring', id, { phrase: 'a cup' }, { signal }));
    const first = await Promise.all([replaced, bad, newest]);
    const stop = new AbortController();
    const cancelled = await how(engine.run('caption', id, {}, { signal: stop.signal, onWords: () => stop.abort() }));
    const after = how(engine.run('panoptic', id, { vocabulary: { names } }, { signal }));
    return { first, cancelled, after: await after };
  }, NAMES);
  expect(outcome.first.slice(0, 1)).toEqual(['AbortError']);
  expect(outcome.first[2]).toBe('done');
  expect(outcome.cancelled).toBe('AbortError');
  expect(outcome.after).toBe('done');
});

test('names run the text graph alone, a phrase text and ground, thresholds and sizes nothing', async ({ page }) => {
  await engineOn(page, { providers: ['wasm'] });
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

test('a pack from a dropped archive loads, and loads again without it', async ({ page }) => {
  await engineOn(page, { providers: ['wasm'] });
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
