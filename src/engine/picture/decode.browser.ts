/** The browser's decoder: createImageBitmap, read back in strips through a small canvas. Works in a worker. */
import { EngineError } from '../errors.ts';
import type { Decoded, PictureDecoder } from './decode.ts';
import type { PictureFormat } from './sniff.ts';

/** Rows that the canvas holds; `resizePicture` asks for no more at a time. */
const STRIP = 256;
/** Its least width: most pictures' canvas is the first one. */
const WIDTH = 1024;

type Strip = OffscreenCanvasRenderingContext2D;

/** One for all pictures: drawing on a new canvas waits for the graphics process, which may be busy drawing the page. */
let strip: Strip | null = null;

function stripOf(width: number): Strip | null {
  if (strip && strip.canvas.width >= width) return strip;
  return (strip = new OffscreenCanvas(Math.max(width, WIDTH), STRIP).getContext('2d', { willReadFrequently: true }));
}

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
  const context = stripOf(width);
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
