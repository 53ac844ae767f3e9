/** Decoding is the host's: the browser has createImageBitmap, Node has sharp. Both answer with this. */
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

/** @throws EngineError format-unsupported */
export function assertSize({ width, height }: Size): void {
  if (width * height <= MAX_PIXELS) return;
  throw new EngineError('format-unsupported', `The picture is too large: ${width} x ${height} pixels.`, { advice: 'Make it smaller and try again.' });
}
