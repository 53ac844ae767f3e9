import type { GivenFile } from '../gallery/entries.browser.ts';
import type { App } from '../store/app.ts';
import { notify } from '../store/flow/notify.ts';
import { openPictures } from '../store/flow/open.ts';
import { addPackFiles } from '../store/flow/packs/own.ts';
import { takeFiles } from './gallery.ts';

/** Pictures opened one by one at most. */
const MANY = 12;

const isArchive = ({ path }: GivenFile): boolean => /\.zip$/i.test(path);
const isManifest = ({ path }: GivenFile): boolean => /(^|\/)manifest\.json$/.test(path);

/** What was dropped on the page, or picked: a model pack, a folder or more pictures than anyone opens at once for the gallery, or pictures to open. */
export async function takeDropped(app: App, given: readonly GivenFile[], folder: boolean, unread: readonly string[] = []): Promise<void> {
  if (unread.length > 0) notify(app, (t) => t('drop.unread', { count: unread.length, first: unread[0] ?? '' }));
  else if (folder && given.length === 0) notify(app, (t) => t('drop.empty'));
  if (given.length === 0) return;
  const pack = given.some(isManifest) || (given.length === 1 && given.every(isArchive));
  if (pack && (await addPackFiles(app, new Map(given.map(({ path, file }) => [path, file]))))) return;
  if (folder || given.length > MANY || given.some(({ path }) => path.endsWith('.parquet'))) takeFiles(app, given);
  else await openPictures(app, given.map(({ file }) => ({ file, name: file.name })));
}
