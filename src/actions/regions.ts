import { update, type App } from '../store/app.ts';
import { editSelection } from '../store/edit.ts';
import { announce } from '../store/flow/notify.ts';
import { PROPOSAL } from '../store/flow/propose.ts';
import { plain } from '../store/names.ts';
import { hasSelection, nothingPicked } from '../store/slices/selection.ts';
import { shownFind } from '../store/select.ts';
import type { Action } from './action.ts';
import { chooseVerb } from './verbs.ts';

export type PickMode = 'set' | 'add' | 'remove' | 'toggle';

const CHANGE: Readonly<Record<PickMode, (picked: readonly number[], ids: readonly number[]) => readonly number[]>> = {
  set: (_, ids) => ids,
  add: (picked, ids) => [...new Set([...picked, ...ids])],
  remove: (picked, ids) => picked.filter((id) => !ids.includes(id)),
  toggle: (picked, ids) => [...picked.filter((id) => !ids.includes(id)), ...ids.filter((id) => !picked.includes(id))],
};

/** What is picked or drawn is seen: what a phrase found makes way, and the phrase waits in its field. */
export function seeRegions(app: App): void {
  if (shownFind(app.store.getState()) !== null) chooseVerb(app, 'see');
}

export function pick(app: App, ids: readonly number[], mode: PickMode): void {
  const { picked, strokes, marks } = app.store.getState().selection;
  const next = CHANGE[mode](picked, ids);
  const same = next.length === picked.length && next.every((id, i) => id === picked[i]);
  if (next.length > 0) seeRegions(app);
  if (same && (mode !== 'set' || strokes.length + marks.length === 0)) return;
  editSelection(app, { ...(mode === 'set' ? nothingPicked : {}), picked: next });
}

export const hover = (app: App, id: number | null): void => {
  if (app.store.getState().selection.hovered !== id) update(app, 'selection', { hovered: id });
};

/** The person's own name for a region; an empty one gives the model's back. */
export function renameRegion(app: App, id: number, name: string): void {
  const { [id]: before, ...others } = app.store.getState().selection.renamed;
  const label = plain(name);
  if (label === (before ?? '')) return;
  editSelection(app, { renamed: label === '' ? others : { ...others, [id]: label } });
}

export const restoreRegions = (app: App): void => editSelection(app, { removed: [] });

export const clearSelection: Action = {
  id: 'clear-selection',
  label: 'act.clear',
  group: 'regions',
  keys: ['mod+d'],
  enabled: ({ selection }) => hasSelection(selection),
  perform: (app) => editSelection(app, nothingPicked),
};

export const removeRegions: Action = {
  id: 'remove-regions',
  label: 'act.removeRegions',
  group: 'regions',
  keys: ['Delete', 'Backspace'],
  // What was pointed out or lies beneath has no place of its own in the list that it could be taken from.
  enabled: ({ selection }) => selection.picked.some((id) => id < PROPOSAL),
  perform(app) {
    const { picked, removed } = app.store.getState().selection;
    const away = picked.filter((id) => id < PROPOSAL);
    editSelection(app, { ...nothingPicked, removed: [...new Set([...removed, ...away])] });
    announce(app, (t) => t('list.removed', { count: away.length }));
  },
};
