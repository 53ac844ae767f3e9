import { openPictures } from '../store/flow/open.ts';
import { always, type Action } from './action.ts';

export const choosePicture: Action = {
  id: 'choose-picture',
  label: 'act.choose',
  group: 'picture',
  keys: ['mod+o'],
  enabled: always,
  perform(app) {
    const input = document.createElement('input');
    input.type = 'file';
    input.accept = 'image/*';
    input.multiple = true;
    input.addEventListener('change', () => void openPictures(app, [...(input.files ?? [])].map((file) => ({ file, name: file.name }))));
    input.click();
  },
};
