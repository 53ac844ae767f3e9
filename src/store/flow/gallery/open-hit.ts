/** Find, then point: a picture of the gallery opens, and what was asked for is looked for in it. */
import { EngineError, isAbort } from '../../../engine/errors.ts';
import { update, type App } from '../../app.ts';
import { failureOf } from '../../failure.ts';
import type { Item } from '../../slices/gallery.ts';
import { dismissStage, notify } from '../notify.ts';
import { openPictures, show } from '../open.ts';
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
    dismissStage(app, 'index');
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
  if (!file) throw new EngineError('picture-unknown', `${item.name} is known from an earlier visit, but its file is not at hand.`, { stage: 'index', advice: 'Give its folder again: it will not be read anew.' });
  const opened = await openFile(app, file, item.name);
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
  if (typeof picture !== 'string') return (await openFile(app, picture, nameIn(path))) !== null;
  const answer = await outsideFetch(picture).catch((cause: unknown) => {
    throw new EngineError('network', `${picture} could not be fetched: the connection failed, or its server does not allow this page to read it.`, { stage: 'index', cause });
  });
  if (!answer.ok) throw new EngineError('network', `${picture} is not there (HTTP ${answer.status}).`, { stage: 'index', advice: 'Check the address of the pictures.' });
  return (await openFile(app, await answer.blob(), nameIn(path))) !== null;
}

async function openFile(app: App, file: Blob, name: string) {
  const before = app.store.getState().library.current;
  await openPictures(app, [{ file, name }]);
  const { current } = app.store.getState().library;
  return current === before ? null : current;
}
