/** Every edit goes through here, so that every edit can be undone. */
import { update, type App } from './app.ts';
import type { Edit, Shown } from './history.ts';
import type { NameList } from './names.ts';
import { markedOf, type Marked } from './slices/selection.ts';
import { rawSee } from './select.ts';
import { show } from './flow/open.ts';
import { reconcile } from './flow/run.ts';

function snapshot(app: App): Edit {
  const { task, library, selection, view } = app.store.getState();
  const { threshold, opacity, detail } = view;
  return { list: task.list, picture: library.current, marked: markedOf(selection), shown: { threshold, opacity, detail } };
}

/** Goes to the picture where the edit was made: an undo that nobody sees is none. */
function restore(app: App, { list, picture, marked, shown }: Edit): void {
  if (picture !== null && picture !== app.store.getState().library.current) show(app, picture);
  update(app, 'task', { list });
  update(app, 'view', shown);
  update(app, 'selection', { ...marked, hovered: null, drawing: null });
  reconcile(app);
}

export function editNames(app: App, change: (list: NameList) => NameList): void {
  const { list } = app.store.getState().task;
  if (!list) return;
  app.history.record(snapshot(app));
  update(app, 'task', { list: change(list) });
  reconcile(app);
}

export function editSelection(app: App, change: Partial<Omit<Marked, 'of'>>): void {
  app.history.record(snapshot(app));
  const of = rawSee(app.store.getState())?.wanted ?? null;
  update(app, 'selection', { ...change, of, drawing: null });
  if (app.store.getState().task.verb === 'describe') reconcile(app);
}

/** A slider that is dragged is one edit, until `sealEdit`. */
export function editShown(app: App, change: Partial<Shown>): void {
  app.history.record(snapshot(app), Object.keys(change).join(' '));
  update(app, 'view', change);
}

export const sealEdit = (app: App): void => app.history.seal();

export function undo(app: App): void {
  const edit = app.history.undo(snapshot(app));
  if (edit) restore(app, edit);
}

export function redo(app: App): void {
  const edit = app.history.redo(snapshot(app));
  if (edit) restore(app, edit);
}
