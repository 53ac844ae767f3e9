/** A picture of the gallery, open for as long as some work takes: of a thousand, one at a time. */
import { convertInPage } from '../../../engine/index.ts';
import type { App } from '../../app.ts';
import type { Item } from '../../slices/gallery.ts';
import type { Picture, PictureKey } from '../../slices/library.ts';

/** Decodes the picture for drawing; whoever lends it closes it. */
export type Bitmap = () => Promise<ImageBitmap | null>;

/** @throws EngineError when the file can't be read; whatever the work throws. Nothing is done when its file is not at hand. */
export async function borrow(app: App, item: Item, signal: AbortSignal, work: (picture: Picture, bitmap: Bitmap) => Promise<void>): Promise<void> {
  // With its folder: a folder's pictures are told apart by it.
  const name = item.path;
  const shown = app.store.getState().library.pictures.find((p) => p.key === item.picture);
  if (shown) return work({ ...shown, name }, () => app.shelf.bitmap(shown.key));
  const file = app.gallery.files.get(item.id);
  if (!file) return;
  const drawn = await convertInPage(file);
  const { id: engineId, size, format, timings } = await app.engine.open(drawn, { signal });
  let bitmap: Promise<ImageBitmap> | null = null;
  try {
    const key = `gallery-${item.id}` as PictureKey;
    await work({ key, name, size, format, url: '', engineId, timings }, () => (bitmap ??= createImageBitmap(drawn, { imageOrientation: 'from-image' })));
  } finally {
    void app.engine.close(engineId).catch(() => undefined); // an engine that is gone has closed it too
    void (bitmap as Promise<ImageBitmap> | null)?.then((b) => b.close(), () => undefined);
  }
}
