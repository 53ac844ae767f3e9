/** PNG of the picture with straight alpha: opaque where there is a region, transparent elsewhere, cut to its box. */
import type { Saving } from './types.ts';

export async function cutout({ size, ids }: Saving, picture: ImageBitmap | null): Promise<Blob> {
  if (!picture) throw new Error('there is no picture to cut from');
  let [left, top, right, bottom] = [size.width, size.height, 0, 0];
  for (let y = 0; y < size.height; y++) for (let x = 0; x < size.width; x++) {
    if (ids[y * size.width + x] === 0) continue;
    [left, top, right, bottom] = [Math.min(left, x), Math.min(top, y), Math.max(right, x + 1), Math.max(bottom, y + 1)];
  }
  const [width, height] = [Math.max(1, right - left), Math.max(1, bottom - top)];
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('the browser gives no canvas');
  context.drawImage(picture, -left, -top, size.width, size.height);
  const pixels = context.getImageData(0, 0, width, height);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) {
    if (ids[(y + top) * size.width + x + left] === 0) pixels.data[4 * (y * width + x) + 3] = 0;
  }
  context.putImageData(pixels, 0, 0);
  return canvas.convertToBlob({ type: 'image/png' });
}
