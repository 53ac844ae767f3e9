/**
 * Region numbers belong to one result. When the names change, the same masks come back under other numbers: what a
 * person has picked, named or taken away goes with the mask it was about.
 */
import { update, type App } from '../app.ts';
import { POINTED_OUT, type SeeResult } from '../slices/runs.ts';
import { nothingMarked, type Marked } from '../slices/selection.ts';
import type { Regions } from '../vault.ts';

/** Two masks are the same region when they share at least this much of what either covers. */
const SAME = 0.5;

/** Old region number to new one; regions that have no successor are left out. */
export function successors(before: Regions, after: Regions): ReadonlyMap<number, number> {
  if (before.ids.length !== after.ids.length) return new Map();
  const columns = after.count + 1;
  const shared = new Uint32Array((before.count + 1) * columns);
  const oldArea = new Uint32Array(before.count + 1);
  const newArea = new Uint32Array(columns);
  before.ids.forEach((a, i) => {
    const b = after.ids[i] as number;
    shared[a * columns + b] = (shared[a * columns + b] as number) + 1;
    oldArea[a] = (oldArea[a] as number) + 1;
    newArea[b] = (newArea[b] as number) + 1;
  });
  const found = new Map<number, number>();
  for (let a = 1; a <= before.count; a++) {
    for (let b = 1; b < columns; b++) {
      const both = shared[a * columns + b] as number;
      if (both > 0 && both / ((oldArea[a] as number) + (newArea[b] as number) - both) >= SAME) found.set(a, b);
    }
  }
  return found;
}

/** What is marked, under other region numbers; `of`: list of names of their result. */
export const moved = (marked: Marked, to: ReadonlyMap<number, number>, of: string): Marked => ({
  // What was pointed out has a mask of its own, whatever the names are.
  picked: marked.picked.flatMap((id) => (id > POINTED_OUT ? id : (to.get(id) ?? []))),
  strokes: marked.strokes,
  marks: marked.marks,
  renamed: Object.fromEntries(Object.entries(marked.renamed).flatMap(([id, name]) => {
    const next = to.get(Number(id));
    return next === undefined ? [] : [[next, name]];
  })),
  removed: marked.removed.flatMap((id) => to.get(id) ?? []),
  of,
});

const NOWHERE: ReadonlyMap<number, number> = new Map();

/** Brings the selection of a picture over to a result that is about to take another's place. */
export function carryMarked(app: App, before: SeeResult | undefined, after: SeeResult): void {
  const inView = app.store.getState().library.current === after.picture;
  const marked = inView ? app.store.getState().selection : (app.aside.get(after.picture) ?? nothingMarked);
  // An undo may have brought back the numbers of this very result.
  if (inView && before) update(app, 'selection', { hovered: null });
  if (marked.of === null || marked.of === after.wanted) return;
  const [old, now] = [before && app.vault.regions(before.id), app.vault.regions(after.id)];
  const carried = moved(marked, old && now && before?.wanted === marked.of ? successors(old, now) : NOWHERE, after.wanted);
  if (inView) update(app, 'selection', carried);
  else app.aside.set(after.picture, carried);
}
