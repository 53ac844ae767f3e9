import type { App } from '../store/app.ts';
import { update } from '../store/app.ts';
import { editNames } from '../store/edit.ts';
import { addNames as added, parseNames, plain, removeName as removed } from '../store/names.ts';

const presets = (app: App) => app.store.getState().engine.report?.presets ?? [];

/** Adds one name or a pasted list. */
export function addNames(app: App, text: string): void {
  const names = parseNames(text);
  if (names.length > 0) editNames(app, (list) => added(list, names, presets(app)));
}

export const removeName = (app: App, name: string): void => editNames(app, (list) => removed(list, name));

/** Another list to start from; the person's own names stay. */
export const choosePreset = (app: App, preset: string): void => editNames(app, ({ own }) => ({ preset, removed: [], own }));

export const resetNames = (app: App): void => editNames(app, ({ preset }) => ({ preset, removed: [], own: [] }));

/** Keeps the list as it is now under a name; the same name again replaces it. */
export function keepList(app: App, title: string): void {
  const name = plain(title);
  if (name !== '') update(app, 'task', ({ kept, list }) => (list ? { kept: { ...kept, [name]: list } } : {}));
}

export const forgetList = (app: App, name: string): void =>
  update(app, 'task', ({ kept }) => ({ kept: Object.fromEntries(Object.entries(kept).filter(([other]) => other !== name)) }));

export const takeList = (app: App, name: string): void => editNames(app, (list) => app.store.getState().task.kept[name] ?? list);
