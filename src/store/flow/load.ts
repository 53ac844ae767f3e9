/** From "how large is it" to "ready": asks first, downloads only when a person acted or everything is stored already. */
import type { PackSource, Progress } from '../../engine/api.ts';
import { EngineError, isAbort } from '../../engine/errors.ts';
import { restart, update, type App } from '../app.ts';
import { failureOf } from '../failure.ts';
import { announce, dismissRetry, notify } from './notify.ts';
import { reconcile } from './run.ts';

interface PackIndex {
  readonly packs: readonly { readonly name: string; readonly manifest: string }[];
  readonly default: string;
}

const BASE = new URL('models/', document.baseURI);

async function offeredPack(): Promise<PackSource> {
  const url = new URL('index.json', BASE);
  const response = await fetch(url).catch((cause: unknown) => {
    throw new EngineError('network', 'The list of model packs could not be fetched.', { cause });
  });
  const index = (await response.json().catch((cause: unknown) => {
    throw new EngineError('manifest-not-json', `${url.pathname} is not a list of model packs.`, { cause });
  })) as PackIndex;
  const pack = index.packs.find((p) => p.name === index.default) ?? index.packs[0];
  if (!pack) throw new EngineError('manifest-missing', 'No model pack is offered here.');
  return { kind: 'url', manifest: new URL(pack.manifest, BASE).href };
}

/** Reads the manifest only. A pack that is stored whole is loaded at once: nothing is downloaded by that. */
export async function askForPack(app: App): Promise<void> {
  const { signal } = restart(app, 'load');
  update(app, 'engine', { phase: 'asking', failure: null });
  try {
    const source = await offeredPack();
    const pack = await app.engine.describe(source, { signal });
    update(app, 'engine', { phase: 'idle', source, pack });
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
  const { signal } = restart(app, 'load');
  dismissRetry(app, 'load');
  update(app, 'engine', { phase: 'loading', failure: null, stopped: false, progress: null });
  try {
    const report = await app.engine.load(source, { signal });
    update(app, 'engine', { phase: 'ready', report, device: report.device, progress: null });
    update(app, 'task', (task) => ({ list: task.list ?? { preset: report.defaultPreset, removed: [], own: [] } }));
    announce(app, (t) => t('load.ready'));
    if (report.storage === 'memory') notify(app, (t) => t('load.memory'));
    reconcile(app);
  } catch (error) {
    fail(app, error);
  }
}

export function cancelLoad(app: App): void {
  app.jobs.get('load')?.abort();
  update(app, 'engine', { phase: 'idle', progress: null, stopped: true });
  announce(app, (t) => t('load.cancelled'));
}

function fail(app: App, error: unknown): void {
  if (isAbort(error)) return;
  const failure = failureOf(error);
  update(app, 'engine', { phase: 'failed', failure, progress: null });
  notify(app, failure, 'load');
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
        return notify(app, (t) => t(event.recovering ? 'device.recovering' : 'device.lost'));
      default:
        return event satisfies never;
    }
  });
}

/** The bar never moves backwards, whatever is reported. */
function ahead(before: Progress | null, now: Progress): Progress {
  return before ? { ...now, done: Math.max(before.done, now.done), total: Math.max(before.total, now.total) } : now;
}
