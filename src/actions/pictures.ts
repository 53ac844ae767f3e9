import type { App } from '../store/app.ts';
import type { PictureKey } from '../store/slices/library.ts';
import { closePicture as close } from '../store/edit.ts';
import { show } from '../store/flow/open.ts';
import { hasPicture, type Action } from './action.ts';
import { chooseVerb } from './verbs.ts';

/** Brings a picture to the stage, from the gallery too, which has the stage's place. */
export function look(app: App, key: PictureKey): void {
  show(app, key);
  if (app.store.getState().task.verb === 'search') chooseVerb(app, 'see');
}

function step(app: App, by: number): void {
  const { pictures, current } = app.store.getState().library;
  const at = pictures.findIndex((p) => p.key === current);
  const next = pictures[(at + by + pictures.length) % pictures.length];
  if (next && next.key !== current) look(app, next.key);
}

const several = { enabled: (s: { library: { pictures: readonly unknown[] } }) => s.library.pictures.length > 1 };

export const nextPicture: Action = {
  id: 'next-picture', label: 'act.nextPicture', group: 'picture', keys: ['PageDown'], ...several, perform: (app) => step(app, 1),
};

export const previousPicture: Action = {
  id: 'previous-picture', label: 'act.previousPicture', group: 'picture', keys: ['PageUp'], ...several, perform: (app) => step(app, -1),
};

export const closePicture: Action = {
  id: 'close-picture',
  label: 'act.close',
  group: 'picture',
  keys: ['shift+Delete'],
  enabled: hasPicture,
  perform(app) {
    const { current } = app.store.getState().library;
    if (current !== null) close(app, current);
  },
};
