import { pickFiles } from '../gallery/entries.browser.ts';
import { openPictures } from '../store/flow/open.ts';
import { always, type Action } from './action.ts';

export const choosePicture: Action = {
  id: 'choose-picture',
  label: 'act.choose',
  group: 'picture',
  keys: ['mod+o'],
  enabled: always,
  async perform(app) {
    const given = await pickFiles('image/*');
    await openPictures(app, given.map(({ file }) => ({ file, name: file.name })));
  },
};
