/** Decoding is the host's: the browser has createImageBitmap, Node has sharp. Both answer with this. */
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
export const MAX_PIXELS = 120_000_000;

export const tooLarge = (size: Size): boolean => size.width * size.height > MAX_PIXELS;
