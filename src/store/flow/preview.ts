/**
 * While a person types: which of the regions that are there already fits the words so far. Only the words are read; the
 * grounding pass runs once typing pauses and may well answer better.
 */
import { update, type App } from '../app.ts';
import type { Picture } from '../slices/library.ts';
import type { FindResult, Want } from '../slices/runs.ts';
import { shownSize } from '../shown-size.ts';

const LEAST_SCORE = 0.3;
/** A glimpse, a keystroke old: coarse masks will do. */
const COARSER = 3;

export async function preview(app: App, picture: Picture, want: Want, signal: AbortSignal): Promise<() => void> {
  const started = performance.now();
  const phrase = want.wanted;
  const { width, height } = shownSize(picture.size);
  const outputSize = { width: Math.ceil(width / COARSER), height: Math.ceil(height / COARSER) };
  const run = await app.engine.run('instance', picture.engineId, { vocabulary: { names: [phrase] }, minScore: LEAST_SCORE, outputSize }, { signal });
  const { size, instances: [best] } = run.output;
  const ids = best ? Uint16Array.from(best.mask) : new Uint16Array(size.width * size.height);
  return () => {
    const result: FindResult = {
      kind: 'find', id: app.vault.put({ ids, size, count: 1 }), picture: picture.key, wanted: phrase, phrase, size,
      score: best?.score ?? 0, matches: false, area: best?.area ?? 0, bbox: best?.bbox ?? [0, 0, 0, 0], tokens: 0, truncated: false, whole: null,
      timings: run.timings, graphs: run.graphs, ms: performance.now() - started,
    };
    const before = app.store.getState().runs.preview;
    update(app, 'runs', { preview: result });
    if (before) app.vault.drop(before.id);
  };
}
