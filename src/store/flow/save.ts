/** Results at the picture's own size: the heads run again on what is kept, no graph does, unless a picture was never looked at. */
import { colorFor } from '../../masks/palette.ts';
import { measureIds } from '../../masks/measure.ts';
import type { Size } from '../../masks/types.ts';
import type { SavedRegion, Saving } from '../../save/types.ts';
import type { Segment } from '../../tasks/types.ts';
import type { App } from '../app.ts';
import { vocabularyOf } from '../names.ts';
import { names, settledFind } from '../select.ts';
import { maskOf, selectable, selectionCanvas } from '../selected.ts';
import type { Picture } from '../slices/library.ts';

export type Scope = 'all' | 'picked' | 'found';

/** Colour of a found region: the accent, which no mask has. */
const FOUND = [217, 72, 15] as const;

interface Seen {
  readonly size: Size;
  readonly ids: Uint16Array;
  readonly segments: readonly Segment[];
}

/** @throws EngineError when the engine can't; null when there is nothing of that scope. 'picked' and 'found' are those of the current picture. */
export async function gather(app: App, picture: Picture, scope: Scope, signal: AbortSignal): Promise<Saving | null> {
  const state = app.store.getState();
  // Saving waits for what the person is looking at, and stops none of it.
  const options = { signal, lane: 'background' } as const;
  if (scope === 'found') {
    const find = settledFind(state);
    if (!find) return null;
    const { output } = await app.engine.run('referring', picture.engineId, { phrase: find.phrase }, options);
    const { size, score, area, bbox } = output;
    return { name: picture.name, size, ids: Uint16Array.from(output.mask), regions: [{ id: 1, label: find.phrase, score, isThing: true, area, bbox, color: FOUND }] };
  }
  const vocabulary = vocabularyOf(names(state));
  if (vocabulary.names.length === 0) return null;
  const { output } = await app.engine.run('panoptic', picture.engineId, { vocabulary }, options);
  const seen: Seen = { ...output, segments: edited(app, picture, output.segments) };
  if (scope === 'all') return saving(picture, seen, seen.segments);
  const { picked, strokes } = state.selection;
  const chosen = seen.segments.filter((s) => picked.includes(s.id));
  // What was brushed, or picked from under another region, is one shape of its own.
  return strokes.length > 0 || chosen.length < picked.length ? drawn(app, picture, seen, chosen) : saving(picture, seen, chosen);
}

/** With the person's own names, and without what was taken away. */
function edited(app: App, picture: Picture, segments: readonly Segment[]): readonly Segment[] {
  const { library, selection, runs } = app.store.getState();
  const marked = library.current === picture.key ? selection : app.aside.get(picture.key);
  if (!marked || marked.of === null || marked.of !== runs.see[picture.key]?.wanted) return segments;
  return segments.filter((s) => !marked.removed.includes(s.id)).map((s) => ({ ...s, label: marked.renamed[s.id] ?? s.label }));
}

function saving({ name }: Picture, { size, ids }: Seen, segments: readonly Segment[]): Saving | null {
  const kept = new Set(segments.map((s) => s.id));
  const own = ids.map((id) => (kept.has(id) ? id : 0));
  const extents = measureIds(own, size, segments.reduce((top, s) => Math.max(top, s.id), 0));
  const regions = segments.flatMap(({ id, label, score, isThing }): SavedRegion[] => {
    const extent = extents[id];
    return extent && extent.area > 0 ? [{ id, label, score, isThing, ...extent, color: colorFor(id) }] : [];
  });
  return regions.length > 0 ? { name, size, ids: own, regions } : null;
}

function drawn(app: App, { name }: Picture, { size, ids, segments }: Seen, chosen: readonly Segment[]): Saving | null {
  const selected = selectable(app);
  if (!selected) return null;
  const count = segments.reduce((top, s) => Math.max(top, s.id), 0);
  const mask = Uint16Array.from(maskOf(selectionCanvas({ ...selected, regions: { ids, size, count }, size })).data);
  const [, extent] = measureIds(mask, size, 1);
  if (!extent || extent.area === 0) return null;
  const label = [...new Set(chosen.map((s) => s.label))].join(' + ') || 'selection';
  return { name, size, ids: mask, regions: [{ id: 1, label, score: 1, isThing: true, ...extent, color: FOUND }] };
}
