/** From "how large is it" to "ready": asks first, downloads only when a person acted or everything is stored already. */
import type { LoadReport, PackSource, Progress } from '../../engine/api.ts';
import { abortError, EngineError, isAbort } from '../../engine/errors.ts';
import { sentence } from '../../i18n/sentences.ts';
import { restart, update, type App } from '../app.ts';
import { failureOf } from '../failure.ts';
import { keepDevice, optionsFor } from '../keep/device.ts';
import type { DeviceChoice } from '../slices/engine.ts';
import { findPacks, sameSource } from './packs/catalogue.ts';
import { forgetResults } from './packs/forget-results.ts';
import { announce, dismissRetry, notify } from './notify.ts';
import { reconcile } from './run.ts';

/** Reads the manifest only. A pack that is stored whole is loaded at once: nothing is downloaded by that. */
export async function askForPack(app: App): Promise<void> {
  const { signal } = restart(app, 'load');
  update(app, 'engine', { phase: 'asking', failure: null });
  try {
    assertAble();
    const { packs, chosen } = await findPacks();
    const pack = await app.engine.describe(chosen.source, { signal });
    update(app, 'engine', {
      phase: 'idle', source: chosen.source, pack, packs: packs.map((p) => (p.id === chosen.id ? { ...p, summary: pack } : p)),
    });
    const waiting = app.store.getState().library.pictures.length > 0;
    if (waiting || pack.cachedBytes >= pack.bytes) await loadPack(app);
  } catch (error) {
    fail(app, error);
  }
}

/** Loads the pack unless that is done or under way. */
export async function loadPack(app: App): Promise<void> {
  const { phase, source } = app.store.getState().engine;
  if (phase === 'loading' || phase === 'ready' || phase === 'asking') return;
  if (!source) return askForPack(app);
  await load(app, source);
}

/** Resolves once a pack is loaded, which is begun if it is not under way. @throws EngineError what it failed of; AbortError */
export async function whenLoaded(app: App, signal: AbortSignal): Promise<void> {
  let begun = false;
  let stop = (): void => undefined;
  await new Promise<void>((resolve, reject) => {
    const look = (): void => {
      const { phase, failure } = app.store.getState().engine;
      if (phase === 'ready') return resolve();
      if (signal.aborted) return reject(abortError());
      if (phase !== 'idle' && phase !== 'failed') return;
      // Whatever it failed of before, or wherever it was stopped: who waits for it asks for it once.
      if (begun) return reject(failure ? EngineError.fromPlain(failure) : abortError());
      begun = true;
      void loadPack(app);
    };
    stop = app.store.subscribe(look);
    signal.addEventListener('abort', look, { once: true });
    look();
  }).finally(() => stop());
}

/** Changes to another pack. When that fails, the one before goes on working. */
export async function changePack(app: App, source: PackSource): Promise<boolean> {
  const before = app.store.getState().engine;
  if (before.phase === 'ready' && before.source && sameSource(before.source, source)) return true;
  return load(app, source);
}

/** Another device: the same pack and pictures there. When that fails, all stays as it was. */
export async function changeDevice(app: App, choice: DeviceChoice): Promise<void> {
  const before = app.store.getState().engine;
  if (choice === before.choice) return;
  app.jobs.get('load')?.abort();
  const settle = (to: DeviceChoice): void => {
    keepDevice(to);
    update(app, 'engine', { choice: to });
  };
  settle(choice);
  if (before.report && before.source) {
    const changed = await load(app, before.source, (signal) => app.engine.change(optionsFor(choice), before.source, { signal }));
    // Unless the person has chosen again meanwhile.
    if (!changed && app.store.getState().engine.choice === choice) settle(before.choice);
    return;
  }
  // Nothing is loaded yet: only what would be is asked anew, and gone on with if it was on its way.
  const { signal } = restart(app, 'load');
  await app.engine.change(optionsFor(choice), null, { signal });
  await askForPack(app);
  if (before.phase === 'loading') await loadPack(app);
}

async function load(app: App, source: PackSource, bring = (signal: AbortSignal): Promise<LoadReport | null> => app.engine.load(source, { signal })): Promise<boolean> {
  const before = app.store.getState().engine;
  const { signal } = restart(app, 'load');
  dismissRetry(app, 'load');
  update(app, 'engine', { phase: 'loading', failure: null, stopped: false, progress: null });
  // What runs is stopped, and is wanted anew once a pack is there.
  reconcile(app);
  try {
    const report = await bring(signal);
    if (!report) return false;
    if (before.report && before.source && !sameSource(before.source, source)) forgetResults(app);
    update(app, 'engine', ({ packs }) => ({
      phase: 'ready' as const, source, report, device: report.device, progress: null,
      packs: packs.map((p) => (p.summary && report.storage === 'disk' && sameSource(p.source, source) ? { ...p, summary: { ...p.summary, cachedBytes: p.summary.bytes } } : p)),
      pack: packs.find((p) => sameSource(p.source, source))?.summary ?? { name: report.name, title: report.title, license: report.license, bytes: report.totalBytes, cachedBytes: report.totalBytes, runtime: { bytes: 0, cachedBytes: 0 } },
    }));
    const known = (preset: string): boolean => preset === '' || report.presets.some((p) => p.id === preset);
    update(app, 'task', ({ list }) => ({ list: list && known(list.preset) ? list : { preset: report.defaultPreset, removed: [], own: list?.own ?? [] } }));
    announce(app, (t) => t('load.ready'));
    if (report.storage === 'memory') notify(app, (t) => t('load.memory'));
    reconcile(app);
    return true;
  } catch (error) {
    if (isAbort(error)) return false;
    if (!before.report) fail(app, error);
    else {
      // The pack before is still loaded: the person goes on with it and reads what was wrong with the other.
      update(app, 'engine', { phase: 'ready', source: before.source, device: before.device, progress: null });
      notify(app, failureOf(error));
      reconcile(app);
    }
    return false;
  }
}

export function cancelLoad(app: App): void {
  app.jobs.get('load')?.abort();
  const { report } = app.store.getState().engine;
  update(app, 'engine', report ? { phase: 'ready', device: report.device, progress: null } : { phase: 'idle', progress: null, stopped: true });
  announce(app, (t) => t('load.cancelled'));
  if (report) reconcile(app);
}

/** What no pack can do without. @throws EngineError no-device */
function assertAble(): void {
  const missing = ['WebAssembly', 'Worker', 'OffscreenCanvas', 'createImageBitmap'].filter((name) => !(name in globalThis));
  if (missing.length > 0) throw new EngineError('no-device', `This browser lacks what every model needs to run here: ${missing.join(', ')}.`);
}

function fail(app: App, error: unknown): void {
  if (isAbort(error)) return;
  const failure = failureOf(error);
  update(app, 'engine', { phase: 'failed', failure, progress: null });
  // Where nothing can run the model, the page itself says so, in one card.
  if (failure.code !== 'no-device') notify(app, failure, 'load');
}

/** Keeps the state in step with what the engine says by itself. */
export function listen(app: App): () => void {
  return app.engine.subscribe((event) => {
    switch (event.type) {
      case 'progress':
        return update(app, 'engine', (engine) => (engine.phase === 'loading' ? { progress: ahead(engine.progress, event.progress) } : {}));
      case 'device':
        return update(app, 'engine', { device: event.device });
      case 'lost':
        // While it recovers, the engine repeats the request that was running by itself.
        if (event.recovering) return notify(app, (t) => `${sentence(app.store.getState().view.language, event.reason)} ${t('device.recovering')}`);
        return notify(app, failureOf(new EngineError('worker-crashed', event.reason)));
      default:
        return event satisfies never;
    }
  });
}

/** The bar never moves backwards, whatever is reported. */
function ahead(before: Progress | null, now: Progress): Progress {
  return before ? { ...now, done: Math.max(before.done, now.done), total: Math.max(before.total, now.total) } : now;
}
