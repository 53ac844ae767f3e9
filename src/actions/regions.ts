import { update, type App } from '../store/app.ts';
import { editSelection } from '../store/edit.ts';
import { currentSee } from '../store/select.ts';
import type { State } from '../store/state.ts';
import type { Action } from './action.ts';

export type PickMode = 'set' | 'add' | 'remove' | 'toggle';

const CHANGE: Readonly<Record<PickMode, (picked: readonly number[], ids: readonly number[]) => readonly number[]>> = {
  set: (_, ids) => ids,
  add: (picked, ids) => [...new Set([...picked, ...ids])],
  remove: (picked, ids) => picked.filter((id) => !ids.includes(id)),
  toggle: (picked, ids) => [...picked.filter((id) => !ids.includes(id)), ...ids.filter((id) => !picked.includes(id))],
};

export function pick(app: App, ids: readonly number[], mode: PickMode): void {
  const { picked, strokes } = app.store.getState().selection;
  const next = CHANGE[mode](picked, ids);
  const same = next.length === picked.length && next.every((id, i) => id === picked[i]);
  if (same && (mode !== 'set' || strokes.length === 0)) return;
  editSelection(app, { picked: next, strokes: mode === 'set' ? [] : strokes });
}

export const hover = (app: App, id: number | null): void => {
  if (app.store.getState().selection.hovered !== id) update(app, 'selection', { hovered: id });
};

const hasSelection = ({ selection }: State): boolean => selection.picked.length > 0 || selection.strokes.length > 0;

export const clearSelection: Action = {
  id: 'clear-selection',
  label: 'act.clear',
  group: 'regions',
  keys: ['mod+d'],
  enabled: hasSelection,
  perform: (app) => editSelection(app, { picked: [], strokes: [] }),
};

/** Walks through the list as it stands, picking what it comes to. */
function walk(app: App, by: number): void {
  const state = app.store.getState();
  const ids = currentSee(state)?.segments.map((s) => s.id) ?? [];
  if (ids.length === 0) return;
  const at = ids.indexOf(state.selection.picked.at(-1) ?? -1);
  const next = ids[at < 0 ? (by > 0 ? 0 : ids.length - 1) : (at + by + ids.length) % ids.length];
  if (next !== undefined) pick(app, [next], 'set');
}

const hasRegions = (s: State): boolean => (currentSee(s)?.segments.length ?? 0) > 0;

export const nextRegion: Action = {
  id: 'next-region', label: 'act.nextRegion', group: 'regions', keys: [']'], enabled: hasRegions, perform: (app) => walk(app, 1),
};

export const previousRegion: Action = {
  id: 'previous-region', label: 'act.previousRegion', group: 'regions', keys: ['['], enabled: hasRegions, perform: (app) => walk(app, -1),
};
