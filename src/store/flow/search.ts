/** Pictures by a sentence: each opened picture gets one vector, a sentence another, and their products are ranked. */
import { isAbort } from '../../engine/errors.ts';
import { restart, update, type App } from '../app.ts';
import { failureOf } from '../failure.ts';
import type { Picture } from '../slices/library.ts';
import { dot } from '../../tasks/scores.ts';
import { announce, notify } from './notify.ts';

export async function index(app: App, picture: Picture, signal: AbortSignal): Promise<void> {
  const run = await app.engine.run('retrieval', picture.engineId, {}, { signal, lane: 'background' });
  signal.throwIfAborted();
  app.vault.vectors.set(picture.key, run.output.embedding);
  update(app, 'runs', ({ indexed }) => ({ indexed: { ...indexed, [picture.key]: true } }));
  const { query } = app.store.getState().task;
  if (query !== '') await search(app, query);
}

const sentences = new Map<string, Float32Array>();

/** Encodes the sentence once, then ranks; pictures that are indexed later join by themselves. */
export async function search(app: App, query: string): Promise<void> {
  const { signal } = restart(app, 'search');
  try {
    if (!sentences.has(query)) sentences.set(query, await app.engine.embedText(query, { signal }));
    signal.throwIfAborted();
    rank(app, query);
    const best = app.store.getState().runs.search?.hits[0];
    const name = app.store.getState().library.pictures.find((p) => p.key === best?.picture)?.name;
    if (name !== undefined) announce(app, (t) => t('search.best', { name }));
  } catch (error) {
    if (!isAbort(error)) notify(app, failureOf(error));
  }
}

function rank(app: App, query: string): void {
  const sentence = sentences.get(query);
  if (!sentence) return;
  const hits = app.store.getState().library.pictures.flatMap(({ key }) => {
    const vector = app.vault.vectors.get(key);
    return vector ? [{ picture: key, score: dot(vector, sentence) }] : [];
  });
  update(app, 'runs', { search: { query, hits: hits.toSorted((a, b) => b.score - a.score) } });
}
