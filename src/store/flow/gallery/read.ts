/**
 * Reading pictures for the search, one after the other, behind everything a person asks: a run in the background lane
 * waits for the foreground, and a picture is closed again as soon as its vector is there. One that breaks is marked and the rest goes on.
 */
import { isAbort } from '../../../engine/errors.ts';
import { toHalves } from '../../../gallery/float16.ts';
import { update, type App } from '../../app.ts';
import { failureOf, isOfPicture } from '../../failure.ts';
import { availability } from '../../select.ts';
import type { Item } from '../../slices/gallery.ts';
import { announce, notify } from '../notify.ts';
import { change, thumbUrl } from './items.ts';
import { digestOf, lookAhead } from './thumbs.ts';
import { keepSome } from './keep.ts';
import { askAgain } from './ask.ts';
import { takeIn } from './pack.ts';

/** Pictures between two writes to what is kept. */
const KEEP_EVERY = 25;

const running = new WeakMap<App, AbortController>();

const ready = (app: App): boolean => {
  const state = app.store.getState();
  return state.engine.phase === 'ready' && !state.gallery.paused && (availability(state, 'search')?.available ?? false);
};

const next = (app: App): Item | undefined => app.store.getState().gallery.items.find((item) => item.state === 'waiting' && item.here);

/** Goes on where something waits; call it after any change that could let it. */
export function kick(app: App): void {
  lookAhead(app);
  if (running.has(app) || !ready(app) || !next(app)) return;
  const controller = new AbortController();
  running.set(app, controller);
  void read(app, controller.signal).finally(() => {
    running.delete(app);
    kick(app);
  });
}

async function read(app: App, signal: AbortSignal): Promise<void> {
  await takeIn(app);
  let count = 0;
  for (let item = next(app); item && ready(app); item = next(app)) {
    await one(app, item, signal);
    askAgain(app);
    if (++count % KEEP_EVERY === 0) await keepSome(app);
  }
  if (next(app)) return;
  await keepSome(app);
  const broken = app.store.getState().gallery.items.filter((item) => item.state === 'broken').length;
  if (count > 1) announce(app, (t) => t('gallery.allRead', { count, broken }));
}

async function one(app: App, item: Item, signal: AbortSignal): Promise<void> {
  const file = app.gallery.files.get(item.id);
  if (!file) return change(app, item.id, { here: false });
  change(app, item.id, { state: 'reading' });
  const { packHash } = app.gallery;
  try {
    const opened = await app.engine.open(file, { signal });
    try {
      const [run, digest] = await Promise.all([
        app.engine.run('retrieval', opened.id, {}, { signal, lane: 'background' }),
        digestOf(app, item),
      ]);
      // Another pack came while it was read: this vector means nothing to it.
      if (app.gallery.packHash !== packHash) return change(app, item.id, { state: 'waiting' });
      // The gallery was emptied meanwhile.
      if (!app.gallery.files.has(item.id)) return;
      const halves = toHalves(run.output.embedding);
      if (!digest) return change(app, item.id, { here: false, state: 'waiting' });
      app.gallery.readings.set(item.id, { ...digest, halves });
      await app.gallery.threads.add('own', Uint32Array.of(item.id), halves.slice());
      change(app, item.id, { state: 'read', size: opened.size, failure: null, ...(digest.thumb || item.picture !== null ? {} : { thumb: thumbUrl(item.thumb, file) }) });
    } finally {
      void app.engine.close(opened.id).catch(() => undefined); // an engine that is gone has closed it too
    }
  } catch (error) {
    if (isAbort(error)) return change(app, item.id, { state: 'waiting' });
    const failure = failureOf(error, item.name);
    change(app, item.id, { state: 'broken', failure });
    if (!isOfPicture(failure)) {
      pause(app);
      notify(app, failure);
    }
  }
}

export function pause(app: App): void {
  update(app, 'gallery', { paused: true });
  announce(app, (t) => t('gallery.pausedSaid'));
}

export function resume(app: App): void {
  update(app, 'gallery', { paused: false });
  announce(app, (t) => t('gallery.resumedSaid'));
  kick(app);
}

/** Broken ones once more. */
export function retryBroken(app: App): void {
  update(app, 'gallery', ({ items }) => ({ items: items.map((i) => (i.state === 'broken' ? { ...i, state: 'waiting' as const, failure: null } : i)) }));
  kick(app);
}
