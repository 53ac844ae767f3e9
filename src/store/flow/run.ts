/**
 * Compares what is wanted with what is there and runs the difference, one piece at a time. Work that is no longer
 * wanted is aborted, so a late result can't land on another picture: it is stored under what it was asked for.
 */
import type { TaskRun } from '../../engine/api.ts';
import { isAbort } from '../../engine/errors.ts';
import type { ReferringOutput } from '../../tasks/types.ts';
import { score } from '../../i18n/numbers.ts';
import { restart, update, type App } from '../app.ts';
import { failureOf } from '../failure.ts';
import { names, pointedAt } from '../select.ts';
import { shownSize } from '../shown-size.ts';
import { vocabularyOf } from '../names.ts';
import type { FindResult, JobKind, SeeResult, Want } from '../slices/runs.ts';
import type { Picture } from '../slices/library.ts';
import { ask } from './ask.ts';
import { describe } from './describe.ts';
import { carryMarked } from './carry.ts';
import { announce, dismissRetry, notify } from './notify.ts';
import { preview } from './preview.ts';
import { nextWant, sameWant, wants } from './want.ts';

const KEPT_PHRASES = 60;

/** Call after any change of what is wanted. */
export function reconcile(app: App): void {
  forgetLetGo(app);
  const state = app.store.getState();
  const { running } = state.runs;
  if (running && wants(state).some((want) => sameWant(want, running))) return;
  const next = nextWant(state);
  // Keys may come faster than a preview is computed: the one under way is shown, a keystroke old, and the newest follows.
  if (running?.kind === 'preview' && next?.kind === 'preview' && running.picture === next.picture) return;
  if (running) app.jobs.get('run')?.abort();
  update(app, 'runs', { running: next });
  if (next) void work(app, next);
}

/** Masks not looked at for long have been let go: what is known of them without their masks is of no use. */
function forgetLetGo(app: App): void {
  const { library: { current }, runs } = app.store.getState();
  const stays = (result: SeeResult | FindResult): boolean => result.picture !== current || app.vault.regions(result.id) !== undefined;
  if (Object.values(runs.see).every(stays) && runs.find.every(stays)) return;
  update(app, 'runs', {
    see: Object.fromEntries(Object.entries(runs.see).filter(([, result]) => stays(result))),
    find: runs.find.filter(stays),
  });
}

/** Answers with what is then done to the state, in one go with the end of the run: the page is laid out once for both. */
type Run = (app: App, picture: Picture, want: Want, signal: AbortSignal) => Promise<() => void>;
const RUNS: Readonly<Record<JobKind, Run>> = { see, preview, find, describe, ask };

async function work(app: App, want: Want): Promise<void> {
  const { signal } = restart(app, 'run');
  const picture = app.store.getState().library.pictures.find((p) => p.key === want.picture);
  try {
    const land = picture && (await RUNS[want.kind](app, picture, want, signal));
    if (signal.aborted) return;
    land?.();
  } catch (error) {
    if (signal.aborted) return;
    // An abort that nobody here asked for: the engine let it go. Count it as failed, or it would be tried for ever.
    update(app, 'runs', ({ failed }) => ({ failed: [...failed, want] }));
    if (!isAbort(error)) notify(app, failureOf(error, picture?.name ?? null), 'run');
  }
  if (signal.aborted) return;
  update(app, 'runs', { running: null });
  reconcile(app);
}

async function see(app: App, picture: Picture, want: Want, signal: AbortSignal): Promise<() => void> {
  const started = performance.now();
  const vocabulary = vocabularyOf(names(app.store.getState()));
  const run = await app.engine.run('panoptic', picture.engineId, { vocabulary, outputSize: shownSize(picture.size) }, { signal });
  const { ids, size, segments } = run.output;
  const count = segments.reduce((most, s) => Math.max(most, s.id), 0);
  return () => {
    const result: SeeResult = {
      kind: 'see', id: app.vault.put({ ids, size, count }), picture: picture.key, wanted: want.wanted, size,
      segments: segments.toSorted((a, b) => b.area - a.area), timings: run.timings, graphs: run.graphs, ms: performance.now() - started,
    };
    const before = app.store.getState().runs.see[picture.key];
    carryMarked(app, before, result);
    update(app, 'runs', (runs) => ({ see: { ...runs.see, [picture.key]: result } }));
    if (before) app.vault.drop(before.id);
    announce(app, (t) => t('list.done', { count: segments.length, names: [...new Set(result.segments.map((s) => s.label))].slice(0, 8).join(', ') }));
  };
}

async function find(app: App, picture: Picture, want: Want, signal: AbortSignal): Promise<() => void> {
  const started = performance.now();
  const phrase = want.wanted;
  const run = await ground(app, picture, phrase, signal);
  const { mask, size, score: value, matches, area, bbox, tokens, truncated } = run.region;
  return () => {
    const result: FindResult = {
      kind: 'find', id: app.vault.put({ ids: Uint16Array.from(mask), size, count: 1 }), picture: picture.key, wanted: phrase, phrase, size,
      score: value, matches, area, bbox, tokens, truncated, whole: run.whole, timings: run.timings, graphs: run.graphs, ms: performance.now() - started,
    };
    update(app, 'runs', (runs) => {
      for (const old of runs.find.slice(0, -KEPT_PHRASES)) app.vault.drop(old.id);
      return { find: [...runs.find.slice(-KEPT_PHRASES), result] };
    });
    announce(app, (t) => (matches ? t('find.found', { phrase, score: score(value) }) : t('find.none', { score: score(value) })));
  };
}

/** A picture that a search brought here is asked both at once: how well it fits as a whole, and where. */
async function ground(app: App, picture: Picture, phrase: string, signal: AbortSignal): Promise<Pick<TaskRun<'referring'>, 'timings' | 'graphs'> & { readonly region: ReferringOutput; readonly whole: number | null }> {
  const outputSize = shownSize(picture.size);
  if (pointedAt(app.store.getState(), picture.key, phrase)) {
    const { output: { region, similarity }, timings, graphs } = await app.engine.run('region_retrieval', picture.engineId, { query: phrase, outputSize }, { signal });
    return { region, whole: similarity, timings, graphs };
  }
  const { output: region, timings, graphs } = await app.engine.run('referring', picture.engineId, { phrase, outputSize }, { signal });
  return { region, whole: null, timings, graphs };
}

/** Tries again what failed. */
export function retryRuns(app: App): void {
  dismissRetry(app, 'run');
  update(app, 'runs', { failed: [] });
  reconcile(app);
}

/** Stops what runs, and does not start it again by itself. */
export function stopRun(app: App): void {
  const { running } = app.store.getState().runs;
  if (!running) return;
  app.jobs.get('run')?.abort();
  update(app, 'runs', ({ failed }) => ({ running: null, failed: [...failed, running] }));
  if (running.kind === 'describe') announce(app, () => app.store.getState().runs.speaking?.text ?? '');
}
