/** Single pictures out of the gallery, and back. Their files on the machine are never touched. */
import { keptBytes, keyOf } from '../../../gallery/kept.ts';
import { update, type App } from '../../app.ts';
import { failureOf } from '../../failure.ts';
import type { Hits, Item, ItemId } from '../../slices/gallery.ts';
import { announce, dismissUndo, notify, notifyUndo } from '../notify.ts';
import { askAgain } from './ask.ts';
import { keepSome } from './keep.ts';
import { kick } from './read.ts';

const without = (hits: Hits | null, gone: ReadonlySet<number>): Hits | null => {
  if (!hits || hits.set !== 'own') return hits;
  const stays = hits.ids.map((id) => !gone.has(id));
  return { ...hits, ids: hits.ids.filter((_, i) => stays[i]), scores: hits.scores.filter((_, i) => stays[i]) };
};

export function takeOut(app: App, ids: readonly ItemId[]): void {
  const gone = new Set<number>(ids);
  const { items } = app.store.getState().gallery;
  const taken = items.flatMap((item, at) => (gone.has(item.id) ? [{ item, at }] : []));
  const [first] = taken;
  if (!first) return;
  for (const { item, at } of taken) {
    app.gallery.out.set(item.id, { item, at, file: app.gallery.files.get(item.id) });
    app.gallery.files.delete(item.id);
  }
  update(app, 'gallery', ({ hits }) => ({ items: items.filter((item) => !gone.has(item.id)), hits: without(hits, gone) }));
  void unkeep(app, taken.map(({ item }) => item));
  if (taken.length === 1) notifyUndo(app, (t) => t('gallery.tookOut', { name: first.item.name }), { kind: 'item', id: first.item.id });
  else announce(app, (t) => t('gallery.tookOutMany', { count: taken.length }));
}

export function putBack(app: App, id: ItemId): void {
  const entry = app.gallery.out.get(id);
  if (!entry) return;
  const { item, at, file } = entry;
  const { library, gallery } = app.store.getState();
  app.gallery.out.delete(id);
  dismissUndo(app, { kind: 'item', id });
  // Given once more meanwhile: it is there already.
  if (gallery.items.some((other) => keyOf(other) === keyOf(item))) return;
  if (file) app.gallery.files.set(id, file);
  // Another pack may have come, to which its vector means nothing.
  const state = item.state === 'broken' ? 'broken' : app.gallery.readings.has(id) ? 'read' : 'waiting';
  const picture = library.pictures.some((p) => p.key === item.picture) ? item.picture : null;
  update(app, 'gallery', ({ items }) => ({ items: items.toSpliced(at, 0, { ...item, state, picture }) }));
  askAgain(app);
  kick(app);
  void keepSome(app);
}

/** What is kept between visits forgets them too. */
async function unkeep(app: App, items: readonly Item[]): Promise<void> {
  const { kept, written, readings } = app.gallery;
  try {
    for (const item of items) {
      const key = keyOf(item);
      const reading = readings.get(item.id);
      if (!written.delete(key)) continue;
      await kept.drop(key);
      if (reading) update(app, 'gallery', ({ keptBytes: total }) => ({ keptBytes: Math.max(0, total - keptBytes(reading)) }));
    }
  } catch (error) {
    notify(app, failureOf(error));
  }
}
