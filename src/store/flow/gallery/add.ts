/** Into the gallery and out of it. */
import { looksLikePicture, type GivenFile } from '../../../gallery/entries.browser.ts';
import { keyOf } from '../../../gallery/kept.ts';
import { update, type App } from '../../app.ts';
import type { Item } from '../../slices/gallery.ts';
import type { Picture } from '../../slices/library.ts';
import { loadPack } from '../load.ts';
import { announce, dismissStage, notify } from '../notify.ts';
import { freshId, nameIn } from './items.ts';
import { kick } from './read.ts';

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
  // It was taken out: it stays out, open as it is.
  if ([...app.gallery.out.values()].some(({ item }) => item.picture === picture.key)) return;
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
