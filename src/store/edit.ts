/** Every edit goes through here, so that every edit can be undone. */
import { update, type App } from './app.ts';
import type { Edit } from './history.ts';
import type { NameList } from './names.ts';
import type { SelectionSlice } from './slices/selection.ts';
import { reconcile } from './flow/run.ts';

function snapshot(app: App): Edit {
  const { task, library, selection } = app.store.getState();
  return { list: task.list, picture: library.current, picked: selection.picked, strokes: selection.strokes };
}

function restore(app: App, edit: Edit): void {
  update(app, 'task', { list: edit.list });
  const same = app.store.getState().library.current === edit.picture;
  if (same) update(app, 'selection', { picked: edit.picked, strokes: edit.strokes, drawing: null });
  reconcile(app);
}

export function editNames(app: App, change: (list: NameList) => NameList): void {
  const { list } = app.store.getState().task;
  if (!list) return;
  app.history.record(snapshot(app));
  update(app, 'task', { list: change(list) });
  reconcile(app);
}

export function editSelection(app: App, change: Pick<SelectionSlice, 'picked' | 'strokes'>): void {
  app.history.record(snapshot(app));
  update(app, 'selection', { ...change, drawing: null });
  if (app.store.getState().task.verb === 'describe') reconcile(app);
}

export function undo(app: App): void {
  const edit = app.history.undo(snapshot(app));
  if (edit) restore(app, edit);
}

export function redo(app: App): void {
  const edit = app.history.redo(snapshot(app));
  if (edit) restore(app, edit);
}
