/** Thumbnails ahead of the reading: a dropped folder is seen at once, also while the model is still on its way. */
import type { App } from '../../app.ts';
import type { Item } from '../../slices/gallery.ts';
import type { Digest } from '../../../gallery/thumbnail.ts';
import { change, thumbUrl } from './items.ts';

/** As many at a time as there are threads for them. */
const AT_ONCE = 2;

const running = new WeakSet<App>();

const next = (app: App): Item | undefined =>
  app.store.getState().gallery.items.find((item) => item.here && item.state === 'waiting' && !app.gallery.digests.has(item.id) && !app.gallery.looking.has(item.id));

export function lookAhead(app: App): void {
  if (running.has(app)) return;
  running.add(app);
  const line = async (): Promise<void> => {
    for (let item = next(app); item; item = next(app)) await digestOf(app, item);
  };
  void Promise.all(Array.from({ length: AT_ONCE }, line)).catch(() => undefined).finally(() => running.delete(app)); // a dead worker is told by the reading
}

/** What its file is, and its thumbnail put in place; made once. */
export async function digestOf(app: App, item: Item): Promise<Digest | null> {
  const { digests, looking, files, threads } = app.gallery;
  const known = digests.get(item.id);
  if (known) return known;
  const file = files.get(item.id);
  if (!file) return null;
  const work = looking.get(item.id) ?? threads.digest(item.id, file);
  looking.set(item.id, work);
  try {
    const digest = await work;
    if (files.has(item.id) && !digests.has(item.id)) {
      digests.set(item.id, digest);
      if (digest.thumb && item.picture === null) change(app, item.id, { thumb: thumbUrl(item.thumb, digest.thumb) });
    }
    return digest;
  } finally {
    looking.delete(item.id);
  }
}
