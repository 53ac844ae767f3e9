import { pickFiles } from '../gallery/entries.browser.ts';
import { always, type Action } from './action.ts';
import { takeDropped } from './take-dropped.ts';

export const choosePicture: Action = {
  id: 'choose-picture',
  label: 'act.choose',
  group: 'picture',
  keys: ['mod+o'],
  enabled: always,
  async perform(app) {
    await takeDropped(app, await pickFiles('image/*'), false);
  },
};
