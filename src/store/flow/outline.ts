/** Traces the outlines of every new result off the main thread and says in the state when they are there. */
import type { Outlines } from '../../outline/types.ts';
import type { OutlineRequest } from '../../outline/worker.ts';
import { update, type App } from '../app.ts';
import { currentFind, currentSee } from '../select.ts';
import type { ResultId } from '../slices/runs.ts';

interface Answer {
  readonly key: ResultId;
  readonly outlines: Outlines;
}

export function traceResults(app: App): () => void {
  const worker = new Worker(new URL('../../outline/worker.ts', import.meta.url), { type: 'module', name: 'outlines' });
  const asked = new Set<ResultId>();
  worker.addEventListener('message', ({ data }: MessageEvent<Answer>): void => {
    asked.delete(data.key);
    app.vault.putOutlines(data.key, data.outlines);
    update(app, 'runs', ({ outlined }) => ({ outlined: { ...outlined, [data.key]: true } }));
  });
  const ask = (id: ResultId | undefined): void => {
    if (id === undefined || asked.has(id) || app.vault.outlines(id)) return;
    const regions = app.vault.regions(id);
    if (!regions) return;
    asked.add(id);
    worker.postMessage({ key: id, ...regions } satisfies OutlineRequest); // copied: hovering goes on reading the map
  };
  const stop = app.store.subscribe((state) => {
    ask(currentSee(state)?.id);
    ask(currentFind(state)?.id);
  });
  return () => {
    stop();
    worker.terminate();
  };
}
