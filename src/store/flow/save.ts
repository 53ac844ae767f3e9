/** Results at the picture's own size: the heads run again on what is kept, no graph does, unless a picture was never looked at. */
import type { Size } from '../../masks/types.ts';
import type { Draft } from '../../save/types.ts';
import type { PanopticOutput, Segment } from '../../tasks/types.ts';
import type { App } from '../app.ts';
import { looksOf, type Look } from '../looks.ts';
import { vocabularyOf } from '../names.ts';
import { names, settledFind } from '../select.ts';
import { maskOf, selectable, selectionCanvas } from '../selected.ts';
import type { Picture } from '../slices/library.ts';
import type { SeeResult } from '../slices/runs.ts';
import { nothingMarked, type Marked } from '../slices/selection.ts';
import type { Regions } from '../vault.ts';
import { moved, successors } from './carry.ts';
import { PROPOSAL } from './propose.ts';

export type Scope = 'all' | 'picked' | 'found';

/** Colour of a found region: the accent, which no mask has. */
const FOUND = [217, 72, 15] as const;
/** Of a region that the stage does not show. */
const PLAIN = [128, 128, 128] as const;

interface Seen {
  readonly size: Size;
  readonly ids: Uint16Array;
  readonly segments: readonly Segment[];
  readonly looks: ReadonlyMap<number, Look>;
  /** What the person made of these regions. */
  readonly marked: Marked;
}

/** @throws EngineError when the engine can't; null when there is nothing of that scope. 'picked' and 'found' are those of the current picture. */
export async function gather(app: App, picture: Picture, scope: Scope, signal: AbortSignal): Promise<Draft | null> {
  const state = app.store.getState();
  // Saving waits for what the person is looking at, and stops none of it.
  const options = { signal, lane: 'background' } as const;
  if (scope === 'found') {
    const find = settledFind(state);
    if (!find) return null;
    const { output } = await app.engine.run('referring', picture.engineId, { phrase: find.phrase }, options);
    const { size, score } = output;
    return { name: picture.name, size, ids: Uint16Array.from(output.mask), regions: [{ id: 1, label: find.phrase, score, isThing: true, color: FOUND }] };
  }
  const vocabulary = vocabularyOf(names(state));
  if (vocabulary.names.length === 0) return null;
  const { output } = await app.engine.run('panoptic', picture.engineId, { vocabulary }, options);
  const seen = seenAs(app, picture, output);
  if (scope === 'all') return draft(picture, seen, seen.segments);
  const { picked, strokes } = seen.marked;
  const chosen = seen.segments.filter((s) => picked.includes(s.id));
  // What was brushed, or picked from under another region, is one shape of its own.
  return strokes.length > 0 || chosen.length < picked.length ? drawn(app, picture, seen, chosen) : draft(picture, seen, chosen);
}

/** With the stage's colours and the person's own names, without what was taken away. */
function seenAs(app: App, picture: Picture, output: PanopticOutput): Seen {
  const state = app.store.getState();
  const result = state.runs.see[picture.key];
  const to = numbersOf(app, result, output);
  const own = state.library.current === picture.key ? state.selection : (app.aside.get(picture.key) ?? nothingMarked);
  // What overlaps the regions keeps its number: its mask is its own.
  const overlapping = own.picked.filter((id) => id > PROPOSAL).map((id) => [id, id] as const);
  const marked = result && own.of === result.wanted ? moved(own, new Map([...to, ...overlapping]), own.of) : { ...own, renamed: {}, removed: [] };
  const palette = state.view.palette === 'one' ? 'safe' : state.view.palette; // in a file colours tell regions apart
  const shown = looksOf(result?.segments ?? output.segments.toSorted((a, b) => b.area - a.area), palette, names(state));
  const looks = new Map([...shown].flatMap(([id, look]) => {
    const now = to.get(id);
    return now === undefined ? [] : [[now, look] as const];
  }));
  const segments = output.segments.filter((s) => !marked.removed.includes(s.id)).map((s) => ({ ...s, label: marked.renamed[s.id] ?? s.label }));
  return { ...output, segments, looks, marked };
}

/**
 * Number of a region on the stage to its number at the picture's own size: a region so thin that it has no pixel at one
 * of the sizes shifts the numbers of all that follow.
 */
function numbersOf(app: App, result: SeeResult | undefined, { size, ids, segments }: PanopticOutput): ReadonlyMap<number, number> {
  const same = new Map(segments.map(({ id }) => [id, id]));
  const shown = result && app.vault.regions(result.id);
  if (!shown || (shown.size.width === size.width && shown.size.height === size.height)) return same;
  return successors(shown, shrunk({ ids, size, count: lastOf(segments) }, shown.size));
}

const lastOf = (segments: readonly Segment[]): number => segments.reduce((last, { id }) => Math.max(last, id), 0);

/** The nearest pixel of each. */
function shrunk({ ids, size, count }: Regions, to: Size): Regions {
  const column = Array.from({ length: to.width }, (_, x) => Math.floor(((x + 0.5) * size.width) / to.width));
  const small = new Uint16Array(to.width * to.height);
  for (let y = 0, i = 0; y < to.height; y++) {
    const line = Math.floor(((y + 0.5) * size.height) / to.height) * size.width;
    for (let x = 0; x < to.width; x++, i++) small[i] = ids[line + (column[x] as number)] as number;
  }
  return { ids: small, size: to, count };
}

const draft = ({ name }: Picture, { size, ids, looks }: Seen, segments: readonly Segment[]): Draft => ({
  name, size, ids,
  regions: segments.map(({ id, label, score, isThing }) => ({ id, label, score, isThing, color: looks.get(id)?.color ?? PLAIN })),
});

function drawn(app: App, { name }: Picture, { size, ids, segments, marked }: Seen, chosen: readonly Segment[]): Draft | null {
  const selected = selectable(app);
  if (!selected) return null;
  const count = lastOf(segments);
  const mask = Uint16Array.from(maskOf(selectionCanvas({ ...selected, marked, regions: { ids, size, count }, size })).data);
  const label = [...new Set(chosen.map((s) => s.label))].join(' + ') || 'selection';
  return { name, size, ids: mask, regions: [{ id: 1, label, score: 1, isThing: true, color: FOUND }] };
}
