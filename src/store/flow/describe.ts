/** A caption of the picture, or of the picked regions, said word by word. */
import { update, type App } from '../app.ts';
import { currentSee } from '../select.ts';
import type { Picture } from '../slices/library.ts';
import type { DescribeResult, Want } from '../slices/runs.ts';
import type { Mask } from '../../masks/types.ts';
import { maskWhere } from '../../masks/where.ts';
import { announce } from './notify.ts';

const KEPT = 60;

/** The picked regions as one mask; null for the whole picture. */
function region(app: App): { readonly mask: Mask; readonly labels: readonly string[] } | null {
  const state = app.store.getState();
  const see = currentSee(state);
  const regions = see && app.vault.regions(see.id);
  const picked = new Set(state.selection.picked);
  if (!see || !regions || picked.size === 0) return null;
  return {
    mask: maskWhere(regions.ids, regions.size, (id) => picked.has(id)),
    labels: see.segments.filter((s) => picked.has(s.id)).map((s) => s.label),
  };
}

export async function describe(app: App, picture: Picture, want: Want, signal: AbortSignal): Promise<void> {
  const started = performance.now();
  const picked = want.wanted === '' ? null : region(app);
  update(app, 'runs', { speaking: '' });
  const onWords = (speaking: string): void => {
    if (!signal.aborted) update(app, 'runs', { speaking });
  };
  const run = picked
    ? await app.engine.run('region_caption', picture.engineId, { region: picked.mask }, { signal, onWords })
    : await app.engine.run('caption', picture.engineId, {}, { signal, onWords });
  signal.throwIfAborted();
  const { text, score } = run.output;
  const result: DescribeResult = {
    kind: 'describe', picture: picture.key, wanted: want.wanted, text, score, about: picked?.labels ?? [],
    timings: run.timings, graphs: run.graphs, ms: performance.now() - started,
  };
  update(app, 'runs', ({ described }) => ({ described: [...described.slice(-KEPT), result], speaking: '' }));
  announce(app, () => text);
}
