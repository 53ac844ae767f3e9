/** Decoding is the host's: the browser has createImageBitmap, Node has sharp. Both answer with this. */
import { imageSize } from 'image-size';
import { EngineError } from '../errors.ts';
import type { Size } from '../../masks/types.ts';
import type { PictureFormat } from './sniff.ts';
import type { PixelRows } from './resize.ts';

/** A decoded picture, upright (EXIF orientation applied), alpha flattened onto white, until it is released. */
export interface Decoded extends PixelRows {
  release(): void;
}

/** @throws EngineError picture-damaged */
export type PictureDecoder = (picture: Blob, format: PictureFormat) => Promise<Decoded>;

/** Larger than any camera; past it a browser's canvas gives up without a word. */
const MAX_PIXELS = 120_000_000;
const MAX_SIDE = 65_535;

/** How large a picture's file says that it is; null where that can't be told. */
export function declaredSize(bytes: Uint8Array): Size | null {
  try {
    const { width, height } = imageSize(bytes);
    return { width, height };
  } catch {
    return null;
  }
}

/** @throws EngineError format-unsupported */
export function assertSize({ width, height }: Size): void {
  if (width * height <= MAX_PIXELS && Math.max(width, height) <= MAX_SIDE) return;
  throw new EngineError('format-unsupported', `The picture is too large: ${width} x ${height} pixels.`, { advice: 'Make it smaller and try again.' });
}
