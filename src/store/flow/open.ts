/** One path for every picture: dropped, pasted, picked or a sample. The engine checks it; the picture before stays until then. */
import { isAbort } from '../../engine/errors.ts';
import { restart, update, type App } from '../app.ts';
import { failureOf } from '../failure.ts';
import { markedOf, selectionSlice } from '../slices/selection.ts';
import type { Picture, PictureKey } from '../slices/library.ts';
import { announce, dismissStage, notify } from './notify.ts';
import { loadPack } from './load.ts';
import { reconcile } from './run.ts';

export interface Incoming {
  readonly file: Blob;
  readonly name: string;
}

const LIMIT = 200;
let serial = 0;

/** Opens files in order and shows the first good one. Opening again abandons what was still waiting. */
export async function openPictures(app: App, incoming: readonly Incoming[]): Promise<void> {
  if (incoming.length === 0) return;
  const { signal } = restart(app, 'open');
  update(app, 'library', { opening: incoming.map((i) => i.name) });
  let shown = false;
  for (const item of incoming.slice(0, LIMIT)) {
    const picture = await open(app, item, signal);
    if (signal.aborted) return;
    if (picture && !shown) {
      show(app, picture.key);
      shown = true;
    }
    update(app, 'library', ({ opening }) => ({ opening: opening.slice(1) }));
  }
  // Dropping a picture is the act that the download waits for.
  if (shown && !app.store.getState().engine.stopped) await loadPack(app);
}

async function open(app: App, { file, name }: Incoming, signal: AbortSignal): Promise<Picture | null> {
  const key = `p${++serial}` as PictureKey;
  try {
    const opened = await app.engine.open(file, { signal });
    app.shelf.put(key, file);
    if (!(await app.shelf.bitmap(key))) return null;
    signal.throwIfAborted();
    const url = URL.createObjectURL(file);
    const picture: Picture = { key, name, url, size: opened.size, format: opened.format, engineId: opened.id, timings: opened.timings };
    update(app, 'library', ({ pictures }) => ({ pictures: [picture, ...pictures] }));
    dismissStage(app, 'decode');
    return picture;
  } catch (error) {
    app.shelf.drop(key);
    if (!isAbort(error)) notify(app, failureOf(error, name));
    return null;
  }
}

export function show(app: App, key: PictureKey): void {
  const picture = app.store.getState().library.pictures.find((p) => p.key === key);
  if (!picture) return;
  const { library, selection } = app.store.getState();
  if (library.current === key) return;
  if (library.current !== null) app.aside.set(library.current, markedOf(selection));
  update(app, 'library', { current: key });
  update(app, 'selection', { ...selectionSlice, ...app.aside.get(key) });
  update(app, 'view', { camera: null });
  announce(app, (t) => t('picture.opened', { name: picture.name }));
  reconcile(app);
}

export function closePicture(app: App, key: PictureKey): void {
  const { pictures, current } = app.store.getState().library;
  const at = pictures.findIndex((p) => p.key === key);
  const picture = pictures[at];
  if (!picture) return;
  const left = pictures.filter((p) => p.key !== key);
  update(app, 'library', { pictures: left, current: current === key ? null : current });
  update(app, 'runs', ({ see, find, described, asked }) => {
    const { [key]: gone, ...kept } = see;
    if (gone) app.vault.drop(gone.id);
    return {
      see: kept, find: find.filter((f) => f.picture !== key), described: described.filter((d) => d.picture !== key), asked: asked.filter((a) => a.picture !== key),
    };
  });
  app.aside.delete(key);
  app.history.forget(key);
  app.shelf.drop(key);
  URL.revokeObjectURL(picture.url);
  void app.engine.close(picture.engineId).catch(() => undefined); // already gone is as good as closed
  announce(app, (t) => t('picture.closed', { name: picture.name }));
  const next = left[Math.min(at, left.length - 1)];
  if (current === key && next) show(app, next.key);
  else reconcile(app);
}
