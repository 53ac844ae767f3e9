/** Every edit goes through here, so that every edit can be undone. */
import { update, type App } from './app.ts';
import type { Edit, Shown } from './history.ts';
import type { NameList } from './names.ts';
import type { PictureKey } from './slices/library.ts';
import { markedOf, nothingMarked, type Marked } from './slices/selection.ts';
import { rawSee } from './select.ts';
import { bringBack, putAway } from './flow/close.ts';
import { notifyUndo } from './flow/notify.ts';
import { show } from './flow/open.ts';
import { reconcile } from './flow/run.ts';

function snapshot(app: App): Edit {
  const { task, library, selection, view } = app.store.getState();
  const { threshold, opacity, detail } = view;
  return { list: task.list, picture: library.current, closed: closedOf(app), marked: markedOf(selection), shown: { threshold, opacity, detail } };
}

const closedOf = (app: App): readonly PictureKey[] => app.store.getState().library.closed.map(({ picture }) => picture.key);

/** Goes to the picture where the edit was made: an undo that nobody sees is none. */
function restore(app: App, { list, picture, closed, marked, shown }: Edit): void {
  const away = closedOf(app);
  for (const key of away) if (!closed.includes(key)) bringBack(app, key);
  for (const key of closed) if (!away.includes(key)) putAway(app, key);
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

/** Closing is an edit like any other: it can be undone. */
export function closePicture(app: App, key: PictureKey): void {
  const { library: { current, pictures } } = app.store.getState();
  const picture = pictures.find((p) => p.key === key);
  if (!picture) return;
  const now = snapshot(app);
  // Undone, the picture itself is in view again, as it was.
  app.history.record(key === current ? now : { ...now, picture: key, marked: app.aside.get(key) ?? nothingMarked });
  putAway(app, key);
  notifyUndo(app, (t) => t('picture.closed', { name: picture.name }), { kind: 'picture', key });
}

/** Brings one back, whatever was done since: closing another or naming a region stays as it is. */
export function reopenPicture(app: App, key: PictureKey): void {
  if (!bringBack(app, key)) return;
  app.history.reopened(key);
  show(app, key);
}

/** A slider that is dragged is one edit, until `sealEdit`. */
export function editShown(app: App, change: Partial<Shown>): void {
  app.history.record(snapshot(app), Object.keys(change).join(' '));
  update(app, 'view', change);
}

export const sealEdit = (app: App): void => app.history.seal();

/** What is now, seen from the picture that an edit is about: its own marks are what a step back from there restores. */
function opposite(app: App, { picture }: Edit): Edit {
  const now = snapshot(app);
  const open = app.store.getState().library.pictures.some(({ key }) => key === picture);
  if (picture === null || picture === now.picture || !open) return now;
  return { ...now, picture, marked: app.aside.get(picture) ?? nothingMarked };
}

export function undo(app: App): void {
  const edit = app.history.undo((to) => opposite(app, to));
  if (edit) restore(app, edit);
}

export function redo(app: App): void {
  const edit = app.history.redo((to) => opposite(app, to));
  if (edit) restore(app, edit);
}
