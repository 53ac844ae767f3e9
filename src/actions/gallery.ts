/** What a person can do with the gallery that has a name of its own. */
import { pickFiles, pickFolder, type GivenFile } from '../gallery/entries.browser.ts';
import type { App } from '../store/app.ts';
import { addPictures } from '../store/flow/gallery/add.ts';
import { grantFolder, indexAmong, indexOfOwn, openIndex, sourceOfFiles } from '../store/flow/gallery/index-file.ts';
import { pause, resume } from '../store/flow/gallery/read.ts';
import { failureOf } from '../store/failure.ts';
import { notify } from '../store/flow/notify.ts';
import { EngineError } from '../engine/errors.ts';
import { always, type Action } from './action.ts';
import { download } from './download.ts';

/** Files of a folder or a large drop: an index among them opens, else they are pictures. */
export function takeFiles(app: App, given: readonly GivenFile[]): void {
  if (given.length === 0) return;
  const index = indexAmong(given);
  if (index.length > 0) void openIndex(app, sourceOfFiles(index));
  else addPictures(app, given);
}

export const addFolder: Action = {
  id: 'add-folder', label: 'gallery.folder', group: 'picture', keys: ['shift+mod+o'], enabled: always, perform: async (app) => takeFiles(app, await pickFolder()),
};

export const pauseReading: Action = {
  id: 'pause-reading',
  label: 'gallery.pause',
  group: 'app',
  keys: ['shift+p'],
  enabled: ({ gallery }) => gallery.paused || gallery.items.some((item) => item.state === 'waiting' || item.state === 'reading'),
  perform: (app) => (app.store.getState().gallery.paused ? resume(app) : pause(app)),
};

export const chooseIndexFile = async (app: App): Promise<void> => takeFiles(app, await pickFiles('.parquet'));

export function openIndexAt(app: App, text: string): void {
  const url = text.trim();
  if (URL.canParse(url)) void openIndex(app, { kind: 'url', url });
  else notify(app, failureOf(new EngineError('index-unreachable', `"${url}" is no address.`, { advice: 'Write it with https:// at its beginning.' })));
}

export const choosePicturesOfIndex = async (app: App): Promise<void> => {
  const given = await pickFolder();
  if (given.length > 0) grantFolder(app, given);
};

const FILE = 'gallery.parquet';

export async function saveIndex(app: App): Promise<void> {
  try {
    const blob = await indexOfOwn(app);
    if (!blob) return notify(app, (t) => t('gallery.nothingRead'));
    download(blob, FILE);
    notify(app, (t) => t('save.saved', { file: FILE }));
  } catch (error) {
    notify(app, failureOf(error));
  }
}
