/** A smaller copy of a large picture: every frame of a zoom would else scale all its pixels. */
import type { Size } from '../../masks/types.ts';

/** Pictures up to this many pixels are drawn as they are. */
const LARGE = 6_000_000;
const LONG_SIDE = 2560;

const copies = new WeakMap<ImageBitmap, OffscreenCanvas>();

/** @param shown size on the screen, in device pixels: closer than the copy is sharp, the picture itself is taken */
export function sourceFor(bitmap: ImageBitmap, shown: Size): CanvasImageSource {
  if (bitmap.width * bitmap.height <= LARGE) return bitmap;
  const scale = LONG_SIDE / Math.max(bitmap.width, bitmap.height);
  if (shown.width > bitmap.width * scale || shown.height > bitmap.height * scale) return bitmap;
  const known = copies.get(bitmap);
  if (known) return known;
  const copy = new OffscreenCanvas(Math.max(1, Math.round(bitmap.width * scale)), Math.max(1, Math.round(bitmap.height * scale)));
  const context = copy.getContext('2d');
  if (!context) return bitmap;
  context.imageSmoothingQuality = 'medium';
  context.drawImage(bitmap, 0, 0, copy.width, copy.height);
  copies.set(bitmap, copy);
  return copy;
}
