/**
 * Whether a picture file ends where its own structure says. Browsers draw half a JPEG with a grey rest and sharp may
 * too; a person should hear that the file is broken instead, in the same words everywhere.
 */
import { EngineError } from '../errors.ts';
import type { PictureFormat } from './sniff.ts';

const u16 = (b: Uint8Array, i: number): number => ((b[i] ?? 0) << 8) | (b[i + 1] ?? 0);
const u32 = (b: Uint8Array, i: number): number => u16(b, i) * 65536 + u16(b, i + 2);

/** Walks the segments; between scans, the entropy-coded bytes up to the next marker. */
function jpegIsWhole(b: Uint8Array): boolean {
  let i = 2;
  while (i + 1 < b.length) {
    if (b[i] !== 0xff) {
      i = b.indexOf(0xff, i);
      if (i < 0) return false;
      continue;
    }
    const marker = b[i + 1] as number;
    if (marker === 0xd9) return true;
    const standalone = marker === 0x00 || marker === 0xff || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);
    if (marker === 0xff) i += 1;
    else if (standalone) i += 2;
    else i += 2 + Math.max(2, u16(b, i + 2));
  }
  return false;
}

function pngIsWhole(b: Uint8Array): boolean {
  for (let i = 8; i + 12 <= b.length; ) {
    const length = u32(b, i);
    if (u32(b, i + 4) === 0x49454e44) return true;
    i += 12 + length;
  }
  return false;
}

const webpIsWhole = (b: Uint8Array): boolean => {
  const size = (b[4] ?? 0) + (b[5] ?? 0) * 256 + (b[6] ?? 0) * 65536 + (b[7] ?? 0) * 16777216;
  return size + 8 <= b.length + 1;
};

const CHECKS: Partial<Record<PictureFormat, (bytes: Uint8Array) => boolean>> = { jpeg: jpegIsWhole, png: pngIsWhole, webp: webpIsWhole };

/** @throws EngineError picture-damaged */
export function assertComplete(bytes: Uint8Array, format: PictureFormat): void {
  if (CHECKS[format]?.(bytes) === false) {
    throw new EngineError('picture-damaged', `The ${format.toUpperCase()} picture is cut off: its end is missing.`);
  }
}
