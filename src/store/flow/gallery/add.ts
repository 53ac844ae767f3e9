/** Into the gallery and out of it. */
import { looksLikePicture, type GivenFile } from '../../../gallery/entries.browser.ts';
import { keyOf } from '../../../gallery/kept.ts';
import { update, type App } from '../../app.ts';
import type { Item } from '../../slices/gallery.ts';
import type { Picture } from '../../slices/library.ts';
import { loadPack } from '../load.ts';
import { announce, dismissStage, notify } from '../notify.ts';
import { freshId, itemOf, nameIn } from './items.ts';
import { kick } from './read.ts';
import { forget } from './keep.ts';

const blank = (path: string, file: File): Omit<Item, 'id'> => ({
  path, name: nameIn(path), bytes: file.size, modified: file.lastModified, state: 'waiting', size: null, thumb: null, failure: null, picture: null, here: true,
});

/** A folder or many files. What is no picture is left out, what is there already stays. */
export function addPictures(app: App, given: readonly GivenFile[]): void {
  const pictures = given.filter(({ file }) => looksLikePicture(file));
  const leftOut = given.length - pictures.length;
  const known = new Map(app.store.getState().gallery.items.map((item) => [keyOf(item), item]));
  const fresh: Item[] = [];
  const found = new Set<Item>();
  for (const { file, path } of pictures) {
    const entry = blank(path, file);
    const before = known.get(keyOf(entry));
    if (before) {
      // Kept from an earlier visit: its vector is there, now its file is too.
      app.gallery.files.set(before.id, file);
      found.add(before);
      continue;
    }
    const item = { id: freshId(), ...entry };
    known.set(keyOf(entry), item);
    app.gallery.files.set(item.id, file);
    fresh.push(item);
  }
  update(app, 'gallery', ({ items }) => ({
    set: 'own' as const, leftOut, items: [...items.map((item) => (found.has(item) ? { ...item, here: true } : item)), ...fresh],
  }));
  // Files that were missed may be at hand now.
  dismissStage(app, 'index');
  if (pictures.length === 0) return notify(app, (t) => t('gallery.noPictures'));
  update(app, 'task', { verb: 'search' });
  announce(app, (t) => t('gallery.added', { count: fresh.length + found.size }));
  const { engine } = app.store.getState();
  // Dropping pictures is the act that the download waits for.
  if (!engine.stopped) void loadPack(app);
  kick(app);
}

/** A picture that is open belongs to the gallery too. */
export function addOpened(app: App, picture: Picture): void {
  const { items } = app.store.getState().gallery;
  if (items.some((item) => item.picture === picture.key)) return;
  const file = app.shelf.file(picture.key);
  if (!file) return;
  const named = file instanceof File ? file : new File([file], picture.name, { lastModified: 0 });
  const path = picture.name;
  const same = items.find((item) => item.picture === null && item.here && item.name === path && item.bytes === named.size);
  if (same) {
    update(app, 'gallery', { items: items.map((item) => (item === same ? { ...item, picture: picture.key } : item)) });
    return;
  }
  const item: Item = { ...blank(path, named), id: freshId(), size: picture.size, thumb: picture.url, picture: picture.key };
  app.gallery.files.set(item.id, named);
  update(app, 'gallery', { items: [...items, item] });
}

export function removeItem(app: App, id: number): void {
  const item = itemOf(app, id);
  if (!item) return;
  app.gallery.files.delete(item.id);
  app.gallery.readings.delete(item.id);
  app.gallery.digests.delete(item.id);
  if (item.thumb?.startsWith('blob:') && item.picture === null) URL.revokeObjectURL(item.thumb);
  update(app, 'gallery', ({ items, hits }) => {
    const at = hits?.set === 'own' ? hits.ids.indexOf(id) : -1;
    return {
      items: items.filter((i) => i.id !== id),
      hits: hits && at >= 0 ? { ...hits, ids: hits.ids.toSpliced(at, 1), scores: hits.scores.toSpliced(at, 1) } : hits,
    };
  });
  void app.gallery.threads.remove('own', id).catch(() => undefined); // already gone is as good as removed
  void forget(app, item);
}

/** Everything out, of memory and of what is kept. */
export function emptyGallery(app: App): void {
  for (const { id } of app.store.getState().gallery.items) removeItem(app, id);
  update(app, 'gallery', { leftOut: 0, hits: null, asked: null });
  announce(app, (t) => t('gallery.emptied'));
}
