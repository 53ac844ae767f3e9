/** Pictures out of the gallery, one or all, and back. Their files on the machine are never touched. */
import { keptBytes, keyOf } from '../../../gallery/kept.ts';
import type { Translate } from '../../../i18n/index.ts';
import { update, type App } from '../../app.ts';
import { failureOf } from '../../failure.ts';
import type { Hits, Item, ItemId } from '../../slices/gallery.ts';
import { announce, dismissUndo, notify, notifyUndo, UNDO_MS } from '../notify.ts';
import { askAgain } from './ask.ts';
import { keepSome } from './keep.ts';
import { kick } from './read.ts';

const NOTHING = { halves: new Uint16Array(0), thumb: null };

const without = (hits: Hits | null, gone: ReadonlySet<number>): Hits | null => {
  if (!hits || hits.set !== 'own') return hits;
  const stays = hits.ids.map((id) => !gone.has(id));
  return { ...hits, ids: hits.ids.filter((_, i) => stays[i]), scores: hits.scores.filter((_, i) => stays[i]) };
};

let serial = 0;

export function takeOut(app: App, ids: readonly ItemId[]): void {
  const { items } = app.store.getState().gallery;
  const [first] = ids.map((id) => items.find((item) => item.id === id));
  if (first) away(app, new Set<number>(ids), ids.length === 1 ? (t) => t('gallery.tookOut', { name: first.name }) : (t) => t('gallery.tookOutMany', { count: ids.length }));
}

export function emptyGallery(app: App): void {
  const { items } = app.store.getState().gallery;
  away(app, new Set<number>(items.map((item) => item.id)), (t) => t('gallery.emptied'));
  update(app, 'gallery', { leftOut: 0, hits: null, asked: null });
}

function away(app: App, gone: ReadonlySet<number>, said: (t: Translate) => string): void {
  const { items } = app.store.getState().gallery;
  const batch = ++serial;
  const taken = items.flatMap((item, at) => (gone.has(item.id) ? [{ item, at }] : []));
  for (const { item, at } of taken) {
    app.gallery.out.set(item.id, { item, at, among: items, file: app.gallery.files.get(item.id), batch });
    app.gallery.files.delete(item.id);
  }
  update(app, 'gallery', ({ hits }) => ({ items: items.filter((item) => !gone.has(item.id)), hits: without(hits, gone) }));
  void unkeep(app, taken.map(({ item }) => item));
  announce(app, said);
  notifyUndo(app, said, { kind: 'items', batch });
  setTimeout(() => letGo(app, batch), UNDO_MS);
}

/** Back to their places, with their vectors. */
export function putBack(app: App, batch: number): void {
  const entries = [...app.gallery.out.values()].filter((entry) => entry.batch === batch).toSorted((a, b) => a.at - b.at);
  const { library, gallery } = app.store.getState();
  const known = new Set(gallery.items.map(keyOf));
  const items = [...gallery.items];
  for (const { item, at, among, file } of entries) {
    app.gallery.out.delete(item.id);
    // Given once more meanwhile: it is there already.
    if (known.has(keyOf(item))) continue;
    if (file) app.gallery.files.set(item.id, file);
    // Another pack may have come, to which its vector means nothing.
    const state = item.state === 'broken' ? 'broken' : app.gallery.readings.has(item.id) ? 'read' : 'waiting';
    const picture = library.pictures.some((p) => p.key === item.picture) ? item.picture : null;
    items.splice(placeOf(items, among, at), 0, { ...item, state, picture });
  }
  update(app, 'gallery', { items });
  dismissUndo(app, { kind: 'items', batch });
  askAgain(app);
  kick(app);
  void keepSome(app);
}

/** Behind the nearest of those before it that is still there: others may have come and gone. */
function placeOf(items: readonly Item[], among: readonly Item[], at: number): number {
  for (let i = at - 1; i >= 0; i--) {
    const found = items.findLastIndex(({ id }) => id === among[i]?.id);
    if (found >= 0) return found + 1;
  }
  return 0;
}

/** Past undoing: what it held is let go. */
function letGo(app: App, batch: number): void {
  const { out, readings, digests } = app.gallery;
  for (const [id, entry] of out) {
    if (entry.batch !== batch) continue;
    out.set(id, { ...entry, among: [], file: undefined, batch: null });
    readings.delete(id);
    digests.delete(id);
    const { thumb, picture } = entry.item;
    if (thumb && picture === null) URL.revokeObjectURL(thumb);
  }
}

/** What is kept between visits forgets them too. */
async function unkeep(app: App, items: readonly Item[]): Promise<void> {
  const { kept, written, readings } = app.gallery;
  const mine = items.filter((item) => written.delete(keyOf(item)));
  const size = mine.reduce((sum, { id }) => sum + keptBytes(readings.get(id) ?? NOTHING), 0);
  try {
    if (mine.length > 0) await kept.drop(mine.map(keyOf));
    update(app, 'gallery', ({ keptBytes: total }) => ({ keptBytes: Math.max(0, total - size) }));
  } catch (error) {
    notify(app, failureOf(error));
  }
}
