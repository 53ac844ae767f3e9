/** Files of the pictures and their decoded bitmaps; bitmaps of pictures not looked at lately are let go. */
import type { PictureKey } from './slices/library.ts';

const KEPT_BITMAPS = 3;

export class Shelf {
  readonly #files = new Map<PictureKey, Blob>();
  /** Looked at last comes last. */
  readonly #bitmaps = new Map<PictureKey, ImageBitmap>();
  readonly #inView: () => PictureKey | null;

  /** @param inView the picture whose bitmap is on the stage: it stays, whatever else is decoded */
  constructor(inView: () => PictureKey | null) {
    this.#inView = inView;
  }

  put(key: PictureKey, file: Blob): void {
    this.#files.set(key, file);
  }

  file(key: PictureKey): Blob | undefined {
    return this.#files.get(key);
  }

  /** The picture for drawing, right way up. */
  async bitmap(key: PictureKey): Promise<ImageBitmap | null> {
    const known = this.#bitmaps.get(key);
    if (known) return this.#keep(key, known);
    const file = this.#files.get(key);
    if (!file) return null;
    const bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' });
    if (!this.#files.has(key)) return null;
    return this.#keep(key, bitmap);
  }

  #keep(key: PictureKey, bitmap: ImageBitmap): ImageBitmap {
    this.#bitmaps.delete(key);
    this.#bitmaps.set(key, bitmap);
    for (const old of [...this.#bitmaps.keys()].slice(0, -KEPT_BITMAPS)) {
      if (old === this.#inView()) continue;
      this.#bitmaps.get(old)?.close();
      this.#bitmaps.delete(old);
    }
    return bitmap;
  }

  drop(key: PictureKey): void {
    this.#files.delete(key);
    this.#bitmaps.get(key)?.close();
    this.#bitmaps.delete(key);
  }
}
