/** Traces the outlines of every new result off the main thread and says in the state when they are there. */
import type { Outlines } from '../../outline/types.ts';
import type { OutlineRequest } from '../../outline/worker.ts';
import { update, type App } from '../app.ts';
import { currentFind, currentPreview, currentSee, overlays } from '../select.ts';
import type { ResultId } from '../slices/runs.ts';

interface Answer {
  readonly key: ResultId;
  readonly outlines: Outlines;
  readonly detail: number;
}

export function traceResults(app: App): () => void {
  const worker = new Worker(new URL('../../outline/worker.ts', import.meta.url), { type: 'module', name: 'outlines' });
  const asked = new Set<ResultId>();
  const traced = new Map<ResultId, number>();
  worker.addEventListener('message', ({ data }: MessageEvent<Answer>): void => {
    asked.delete(data.key);
    traced.set(data.key, data.detail);
    app.vault.putOutlines(data.key, data.outlines);
    update(app, 'runs', ({ outlined }) => ({ outlined: { ...outlined, [data.key]: true } }));
  });
  const ask = (id: ResultId | undefined): void => {
    const { detail } = app.store.getState().view;
    if (id === undefined || asked.has(id) || (app.vault.outlines(id) && traced.get(id) === detail)) return;
    const regions = app.vault.regions(id);
    if (!regions) return;
    asked.add(id);
    worker.postMessage({ key: id, detail, ...regions } satisfies OutlineRequest); // copied: hovering goes on reading the map
  };
  const stop = app.store.subscribe((state) => {
    ask(currentSee(state)?.id);
    ask(currentFind(state)?.id);
    ask(currentPreview(state)?.id);
    for (const { id, mask } of overlays(state)) if (state.selection.picked.includes(id)) ask(mask);
  });
  return () => {
    stop();
    worker.terminate();
  };
}
