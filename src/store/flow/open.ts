/** One path for every picture: dropped, pasted, picked or a sample. The engine checks it; the picture before stays until then. */
import type { OpenedPicture } from '../../engine/api.ts';
import { abortError, isAbort, throwIfAborted } from '../../engine/errors.ts';
import { convertInPage } from '../../engine/index.ts';
import { formatOf } from '../../engine/picture/sniff.ts';
import { restart, update, type App } from '../app.ts';
import type { Place } from '../line.ts';
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

let serial = 0;

/** Opens files in order and shows the first good one, unless one that came since is there. What was on its way before follows. */
export async function openPictures(app: App, given: readonly Incoming[]): Promise<void> {
  if (given.length === 0) return;
  const refused = await Promise.all(given.map(({ file }) => refusalOf(file)));
  const incoming = given.filter((_, i) => refused[i] === null);
  if (incoming.length === 0) return tell(app, given, refused);
  const place = app.line.join(incoming.map(({ name }) => name));
  // A file that is still being fetched would come over these.
  app.jobs.get('fetch')?.abort();
  dismissStage(app, 'decode');
  tell(app, given, refused);
  let last: PictureKey | null = null;
  // In one go with what it is asked for: the worker is at work while the page is laid out.
  const arrive = (picture: Picture): void => {
    // Those of one drop stand in its order, above what was there.
    update(app, 'library', ({ pictures }) => ({ pictures: pictures.toSpliced(pictures.findIndex(({ key }) => key === last) + 1, 0, picture) }));
    if (last === null && place.leads()) show(app, picture.key);
    last = picture.key;
  };
  try {
    for (const item of incoming) {
      await place.turn();
      await open(app, item, place, given.length === 1, arrive);
    }
    throwIfAborted(place.signal);
  } catch (error) {
    if (isAbort(error)) return; // stopped
    throw error;
  } finally {
    place.leave();
  }
  // Dropping a picture is the act that the download waits for; the picture is there without it.
  if (last !== null && !app.store.getState().engine.stopped) void loadPack(app);
}

/** A picture that has to be fetched first shows as opening meanwhile, and stops with it. @throws what fetching it failed of; AbortError */
export async function openFetched(app: App, name: string, get: (signal: AbortSignal) => Promise<Blob>): Promise<void> {
  const fetching = restart(app, 'fetch');
  const place = app.line.join([name]);
  place.signal.addEventListener('abort', () => fetching.abort());
  try {
    const file = await get(fetching.signal);
    // What was opened meanwhile is what the person wants to see.
    throwIfAborted(fetching.signal);
    await openPictures(app, [{ file, name }]);
  } finally {
    place.leave();
  }
}

/** What is not open yet stays away; what was in view stays. */
export function stopOpening(app: App): void {
  app.line.stop();
}

/** What a file is refused of by its first bytes; null for a picture. */
const refusalOf = (file: Blob): Promise<unknown> => formatOf(file).then(() => null, (error: unknown) => error);

function tell(app: App, given: readonly Incoming[], refused: readonly unknown[]): void {
  const stays = !refused.includes(null);
  given.forEach(({ name }, i) => {
    if (refused[i] !== null) notify(app, failureOf(refused[i], name), null, stays);
  });
}

async function open(app: App, { file, name }: Incoming, place: Place, alone: boolean, arrive: (picture: Picture) => void): Promise<void> {
  const { signal } = place;
  const key = `p${++serial}` as PictureKey;
  let held: OpenedPicture | null = null;
  try {
    // What can only be drawn by a page is drawn once, for the engine, the stage and what is saved.
    const drawn = await convertInPage(file);
    app.shelf.put(key, drawn);
    // Decoded for the screen meanwhile; what is wrong with a picture the engine says by name.
    const bitmap = app.shelf.bitmap(key);
    bitmap.catch(() => undefined);
    const opened = await app.engine.open(drawn, { signal });
    held = opened;
    if (!(await bitmap)) throw abortError();
    signal.throwIfAborted();
    const url = URL.createObjectURL(drawn);
    arrive({ key, name, url, size: opened.size, format: opened.format, engineId: opened.id, timings: opened.timings });
  } catch (error) {
    app.shelf.drop(key);
    if (held) void app.engine.close(held.id);
    if (!isAbort(error)) notify(app, failureOf(error, name), null, alone);
  } finally {
    place.passed();
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
