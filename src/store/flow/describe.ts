/** A caption of the picture, or of the picked regions, said word by word. */
import { update, type App } from '../app.ts';
import { currentSee, overlays } from '../select.ts';
import type { Picture } from '../slices/library.ts';
import type { DescribeResult, Want } from '../slices/runs.ts';
import type { Mask } from '../../masks/types.ts';
import { translator } from '../../i18n/index.ts';
import { maskOf, selectable, selectionCanvas } from '../selected.ts';
import { announce } from './notify.ts';

const KEPT = 60;

/** What is selected as one mask; null for the whole picture. */
function region(app: App): { readonly mask: Mask; readonly labels: readonly string[] } | null {
  const chosen = selectable(app);
  if (!chosen) return null;
  const state = app.store.getState();
  const { picked, strokes } = chosen.marked;
  const labels = [...(currentSee(state)?.segments ?? []), ...overlays(state)].filter((s) => picked.includes(s.id)).map((s) => s.label);
  const brushed = strokes.length > 0 ? [translator(state.view.language)('describe.brushed')] : [];
  return { mask: maskOf(selectionCanvas(chosen)), labels: [...labels, ...brushed] };
}

export async function describe(app: App, picture: Picture, want: Want, signal: AbortSignal): Promise<() => void> {
  const started = performance.now();
  const picked = want.wanted === '' ? null : region(app);
  const onWords = (text: string): void => {
    if (!signal.aborted) update(app, 'runs', { speaking: { picture: picture.key, wanted: want.wanted, text } });
  };
  onWords('');
  const run = picked
    ? await app.engine.run('region_caption', picture.engineId, { region: picked.mask }, { signal, onWords })
    : await app.engine.run('caption', picture.engineId, {}, { signal, onWords });
  const { text, score } = run.output;
  const result: DescribeResult = {
    kind: 'describe', picture: picture.key, wanted: want.wanted, text, score, about: picked?.labels ?? [],
    timings: run.timings, graphs: run.graphs, ms: performance.now() - started,
  };
  return () => {
    update(app, 'runs', ({ described }) => ({ described: [...described.slice(-KEPT), result], speaking: null }));
    announce(app, () => text);
  };
}
