/** Pictures by a sentence or by another picture: a vector is looked up or made once, then the threads rank. */
import { EngineError, isAbort } from '../../../engine/errors.ts';
import type { SetName } from '../../../gallery/service.ts';
import { normalise } from '../../../tasks/scores.ts';
import { restart, update, type App } from '../../app.ts';
import { failureOf } from '../../failure.ts';
import type { Query } from '../../slices/gallery.ts';
import { announce, notify } from '../notify.ts';
import { itemOf, nameIn } from './items.ts';
import { rowOf } from './rows.ts';
import { takeIn } from './pack.ts';

/** Nobody looks at more. */
const MOST = 400;
const NONE_OUT: ReadonlyMap<number, unknown> = new Map();

/** Ranks what is shown. Asked before the model is there, it is answered once it is. */
export async function ask(app: App, query: Query): Promise<void> {
  update(app, 'gallery', { asked: query });
  if (app.store.getState().engine.phase !== 'ready') return;
  const { signal } = restart(app, 'search');
  update(app, 'gallery', { searching: true });
  try {
    await takeIn(app);
    const vector = await vectorOf(app, query, signal);
    signal.throwIfAborted();
    await rank(app, query, vector, signal);
    tellBest(app);
  } catch (error) {
    if (isAbort(error)) return;
    update(app, 'gallery', { asked: null, hits: null });
    notify(app, failureOf(error));
  } finally {
    if (!signal.aborted) update(app, 'gallery', { searching: false });
  }
}

export const showAll = (app: App): void => {
  app.jobs.get('search')?.abort();
  update(app, 'gallery', { asked: null, hits: null, searching: false, focused: null });
  update(app, 'task', ({ drafts }) => ({ drafts: { ...drafts, search: '' } }));
};

async function vectorOf(app: App, query: Query, signal: AbortSignal): Promise<Float32Array> {
  if (query.kind === 'like') {
    const vector = await app.gallery.threads.vector(query.set, query.id);
    if (!vector) throw new EngineError('picture-unknown', `${query.name} has not been read yet.`, { advice: 'Wait until it has been.' });
    return normalise(vector);
  }
  const known = app.gallery.sentences.get(query.text);
  if (known) return known;
  const made = await app.engine.embedText(query.text, { signal });
  app.gallery.sentences.set(query.text, made);
  return made;
}

async function rank(app: App, query: Query, vector: Float32Array, signal: AbortSignal): Promise<void> {
  const { set } = app.store.getState().gallery;
  const started = performance.now();
  const out: ReadonlyMap<number, unknown> = set === 'own' ? app.gallery.out : NONE_OUT;
  const found = await app.gallery.threads.search(set, vector, MOST + 1 + out.size);
  signal.throwIfAborted();
  const ms = performance.now() - started;
  // A picture is most like itself, which nobody needs to be told.
  const self = query.kind === 'like' && query.set === set ? query.id : -1;
  const order = [...found.ids.keys()].filter((i) => found.ids[i] !== self && !out.has(found.ids[i] as number)).slice(0, MOST);
  update(app, 'gallery', {
    hits: { query, set, ids: order.map((i) => found.ids[i] as number), scores: order.map((i) => found.scores[i] as number), ms },
  });
}

function tellBest(app: App): void {
  const { hits } = app.store.getState().gallery;
  const best = hits?.ids[0];
  if (!hits || best === undefined) return announce(app, (t) => t('gallery.noHits'));
  const name = nameOf(app, hits.set, best);
  announce(app, (t) => t('search.best', { name }));
}

export function nameOf(app: App, set: SetName, id: number): string {
  if (set === 'own') return itemOf(app, id)?.name ?? '';
  const row = rowOf(app, id);
  return row ? nameIn(row.path) : `${id + 1}`;
}

const PAUSE_MS = 250;
const soon = new WeakMap<App, ReturnType<typeof setTimeout>>();

/** Pictures that are read later join the answer by themselves, a few times a second at most. */
export function askAgain(app: App): void {
  const { asked, set } = app.store.getState().gallery;
  if (!asked || set !== 'own' || soon.has(app)) return;
  soon.set(app, setTimeout(() => {
    soon.delete(app);
    const now = app.store.getState().gallery;
    if (now.asked !== asked || now.set !== 'own' || now.searching) return;
    const controller = new AbortController();
    void vectorOf(app, asked, controller.signal).then((vector) => (app.store.getState().gallery.asked === asked ? rank(app, asked, vector, controller.signal) : undefined)).catch(() => undefined); // asked again with the next picture
  }, PAUSE_MS));
}
