/** Results at the picture's own size: the heads run again on what is kept, no graph does, unless a picture was never looked at. */
import { colorFor } from '../../masks/palette.ts';
import { measureIds } from '../../masks/measure.ts';
import type { Saving } from '../../save/types.ts';
import type { App } from '../app.ts';
import { vocabularyOf } from '../names.ts';
import { names, shownFind } from '../select.ts';
import type { Picture } from '../slices/library.ts';

export type Scope = 'all' | 'picked' | 'found';

/** Colour of a found region: the accent, which no mask has. */
const FOUND = [217, 72, 15] as const;

/** @throws EngineError when the engine can't; null when there is nothing of that scope. 'picked' and 'found' are those of the current picture. */
export async function gather(app: App, picture: Picture, scope: Scope, signal: AbortSignal): Promise<Saving | null> {
  const state = app.store.getState();
  // Saving waits for what the person is looking at, and stops none of it.
  const options = { signal, lane: 'background' } as const;
  if (scope === 'found') {
    const find = shownFind(state);
    if (!find) return null;
    const { output } = await app.engine.run('referring', picture.engineId, { phrase: find.phrase }, options);
    const { size, score, area, bbox } = output;
    return { name: picture.name, size, ids: Uint16Array.from(output.mask), regions: [{ id: 1, label: find.phrase, score, isThing: true, area, bbox, color: FOUND }] };
  }
  const vocabulary = vocabularyOf(names(state));
  if (vocabulary.names.length === 0) return null;
  const { output } = await app.engine.run('panoptic', picture.engineId, { vocabulary }, options);
  const picked = new Set(state.selection.picked);
  const kept = output.segments.filter((s) => scope === 'all' || picked.has(s.id));
  const keptIds = new Set(kept.map((s) => s.id));
  const ids = output.ids.map((id) => (keptIds.has(id) ? id : 0));
  const extents = measureIds(ids, output.size, kept.reduce((top, s) => Math.max(top, s.id), 0));
  const regions = kept.flatMap(({ id, label, score, isThing }) => {
    const extent = extents[id];
    return extent && extent.area > 0 ? [{ id, label, score, isThing, ...extent, color: [...colorFor(id)] as [number, number, number] }] : [];
  });
  return regions.length > 0 ? { name: picture.name, size: output.size, ids, regions } : null;
}
