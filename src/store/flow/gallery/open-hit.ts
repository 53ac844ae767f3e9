/** Find, then point: a picture of the gallery opens, and what was asked for is looked for in it. */
import { EngineError, isAbort } from '../../../engine/errors.ts';
import { update, type App } from '../../app.ts';
import { failureOf } from '../../failure.ts';
import type { Item } from '../../slices/gallery.ts';
import { dismissStage, notify } from '../notify.ts';
import { openFetched, openPictures, show } from '../open.ts';
import { reconcile } from '../run.ts';
import { change, itemOf, nameIn } from './items.ts';
import { pictureOf, rowOf } from './rows.ts';
import { outsideFetch } from '../../../outside/fetch.ts';

/** Opens a tile. Without its file at hand, says how to give it. */
export async function openHit(app: App, id: number): Promise<void> {
  try {
    const { set, hits } = app.store.getState().gallery;
    const opened = set === 'own' ? await openItem(app, itemOf(app, id)) : await openRow(app, id);
    if (!opened) return;
    for (const stage of ['decode', 'fetch', 'index'] as const) dismissStage(app, stage);
    const phrase = hits?.query.kind === 'words' ? hits.query.text : '';
    const { current } = app.store.getState().library;
    if (phrase !== '' && current !== null) update(app, 'runs', ({ pointed }) => ({ pointed: { ...pointed, [current]: phrase } }));
    update(app, 'task', ({ drafts }) => (phrase === '' ? { verb: 'see' as const } : { verb: 'find' as const, phrase, guess: false, drafts: { ...drafts, find: phrase } }));
    reconcile(app);
  } catch (error) {
    if (!isAbort(error)) notify(app, failureOf(error));
  }
}

async function openItem(app: App, item: Item | undefined): Promise<boolean> {
  if (!item) return false;
  if (item.picture !== null) {
    show(app, item.picture);
    return true;
  }
  const file = app.gallery.files.get(item.id);
  if (!file) throw new EngineError('picture-unknown', `${item.name} is known from an earlier visit, but its file is not at hand.`, { stage: 'decode', advice: 'Give its folder again: it will not be read anew.' });
  const opened = await shownBy(app, () => openPictures(app, [{ file, name: item.name }]));
  if (opened !== null) change(app, item.id, { picture: opened });
  return opened !== null;
}

async function openRow(app: App, row: number): Promise<boolean> {
  const path = rowOf(app, row)?.path;
  const picture = path === undefined ? null : pictureOf(app, path);
  if (path === undefined || picture === null) {
    // The panel then says what the index knows of it, and how its picture can be given.
    update(app, 'gallery', { focused: row });
    return false;
  }
  const name = nameIn(path);
  const open = typeof picture === 'string' ? () => openFetched(app, name, (signal) => fetchRow(picture, signal)) : () => openPictures(app, [{ file: picture, name }]);
  return (await shownBy(app, open)) !== null;
}

async function fetchRow(address: string, signal: AbortSignal): Promise<Blob> {
  const answer = await outsideFetch(address, { signal }).catch((cause: unknown) => {
    if (isAbort(cause)) throw cause;
    throw new EngineError('network', `${address} could not be fetched: the connection failed, or its server does not allow this page to read it.`, { stage: 'fetch', cause });
  });
  if (!answer.ok) throw new EngineError('network', `${address} is not there (HTTP ${answer.status}).`, { stage: 'fetch', advice: 'Check the address of the pictures.' });
  return answer.blob();
}

/** The picture that came into view by this, if one did. */
async function shownBy(app: App, open: () => Promise<void>) {
  const before = app.store.getState().library.current;
  await open();
  const { current } = app.store.getState().library;
  return current === before ? null : current;
}
