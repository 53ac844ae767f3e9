/** Between visits, when the person wants it: what was read is written in batches, and comes back without its files. */
import { KEPT_BUDGET, keptBytes, keyOf, type KeptPicture } from '../../../gallery/kept.ts';
import { update, type App } from '../../app.ts';
import { EngineError } from '../../../engine/errors.ts';
import { failureOf, type Failure } from '../../failure.ts';
import type { Item } from '../../slices/gallery.ts';
import { announce, notify } from '../notify.ts';
import { freshId, nameIn } from './items.ts';
import { takeIn } from './pack.ts';

const FLAG = 'xdecoder.gallery.keep';

const wants = (): boolean => {
  try {
    return localStorage.getItem(FLAG) === 'yes';
  } catch {
    return false; // storage refused: then nothing can be kept
  }
};

/** The browser's storage is full, or refused in this window: nothing of the pictures is lost but the next visit's start. */
const unkept = (cause: unknown): Failure => {
  if (!(cause instanceof DOMException)) return failureOf(cause);
  const full = cause.name === 'QuotaExceededError';
  return failureOf(new EngineError('network', full ? 'The browser’s storage is full: the gallery is not kept for the next visit.' : 'The browser gives this page no storage: the gallery is not kept for the next visit.', {
    stage: 'index', advice: full ? 'Free space on this machine, or delete packs under Model, then switch it on again.' : 'Private windows often have none; in an ordinary one it can be switched on.', cause,
  }));
};

/** What an earlier visit kept, once the pack whose vectors these are is loaded. */
export async function restoreGallery(app: App): Promise<void> {
  const { kept, written } = app.gallery;
  const { report } = app.store.getState().engine;
  if (!wants() || !report || app.gallery.restored === report.packHash) return;
  app.gallery.restored = report.packHash;
  update(app, 'gallery', { keep: true });
  try {
    await takeIn(app);
    const all = await kept.all();
    const mine = all.filter((picture) => picture.packHash === app.gallery.packHash);
    const known = new Set(app.store.getState().gallery.items.map(keyOf));
    const items: Item[] = [];
    for (const picture of mine) {
      written.add(picture.key);
      if (known.has(picture.key)) continue;
      items.push(await broughtBack(app, picture));
    }
    update(app, 'gallery', (gallery) => ({ items: [...items, ...gallery.items], keptBytes: all.reduce((sum, p) => sum + keptBytes(p), 0) }));
  } catch (error) {
    notify(app, unkept(error));
  }
}

async function broughtBack(app: App, { path, bytes, modified, width, height, sha256, halves, thumb }: KeptPicture): Promise<Item> {
  const id = freshId();
  app.gallery.readings.set(id, { sha256, halves, thumb });
  await app.gallery.threads.add('own', Uint32Array.of(id), halves.slice());
  return {
    id, path, name: nameIn(path), bytes, modified, state: 'read', size: { width, height }, thumb: thumb && URL.createObjectURL(thumb), failure: null, picture: null, here: false,
  };
}

/** Writes what was read since the last time, until the budget is full. */
export async function keepSome(app: App): Promise<void> {
  const { keep, items } = app.store.getState().gallery;
  if (!keep) return;
  const { kept, written } = app.gallery;
  let { keptBytes: total } = app.store.getState().gallery;
  const batch: KeptPicture[] = [];
  let full = false;
  for (const item of items) {
    const reading = app.gallery.readings.get(item.id);
    const key = keyOf(item);
    if (!reading || !item.size || written.has(key)) continue;
    const size = keptBytes(reading);
    full ||= total + size > KEPT_BUDGET;
    if (full) break;
    total += size;
    batch.push({ key, path: item.path, bytes: item.bytes, modified: item.modified, ...item.size, packHash: app.gallery.packHash, ...reading });
  }
  try {
    if (batch.length > 0) await kept.put(batch);
    for (const { key } of batch) written.add(key);
    update(app, 'gallery', { keptBytes: total });
    if (full) notify(app, (t) => t('gallery.keptFull'));
  } catch (error) {
    update(app, 'gallery', { keep: false });
    notify(app, unkept(error));
  }
}

export async function setKeep(app: App, keep: boolean): Promise<void> {
  update(app, 'gallery', { keep });
  try {
    localStorage.setItem(FLAG, keep ? 'yes' : 'no');
    if (keep) await keepSome(app);
    else {
      await app.gallery.kept.clear();
      app.gallery.written.clear();
      update(app, 'gallery', { keptBytes: 0 });
    }
    announce(app, (t) => t(keep ? 'gallery.keptSaid' : 'gallery.forgotten'));
  } catch (error) {
    update(app, 'gallery', { keep: false });
    notify(app, unkept(error));
  }
}
