/** The browser's decoder: createImageBitmap, read back in strips through a small canvas. Works in a worker. */
import { EngineError } from '../errors.ts';
import type { Decoded, PictureDecoder } from './decode.ts';
import type { PictureFormat } from './sniff.ts';

/** Rows that one canvas holds; `resizePicture` asks for no more at a time. */
const STRIP = 256;

export const decodeInBrowser: PictureDecoder = async (picture, format) => {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(picture, { imageOrientation: 'from-image', colorSpaceConversion: 'default' });
  } catch (cause) {
    throw new EngineError('picture-damaged', `The ${format.toUpperCase()} picture is damaged or incomplete and could not be read.`, { cause });
  }
  return rowsOf(bitmap, format);
};

function rowsOf(bitmap: ImageBitmap, format: PictureFormat): Decoded {
  const { width, height } = bitmap;
  const canvas = new OffscreenCanvas(width, Math.min(height, STRIP));
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new EngineError('out-of-memory', `The ${format.toUpperCase()} picture needs more memory than the browser gives.`, { stage: 'decode' });
  return {
    width,
    height,
    rows(top, count) {
      context.fillStyle = '#fff';
      context.fillRect(0, 0, width, count);
      context.drawImage(bitmap, 0, top, width, count, 0, 0, width, count);
      return context.getImageData(0, 0, width, count).data;
    },
    release: () => bitmap.close(),
  };
}
