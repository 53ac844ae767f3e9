/** What a file is by its first bytes; its name is never believed. */
import { EngineError } from '../errors.ts';

export type PictureFormat = 'jpeg' | 'png' | 'webp' | 'avif' | 'gif' | 'svg' | 'bmp';

/** Bytes that `sniff` wants to see. */
const SNIFF_BYTES = 2048;

const latin = (bytes: Uint8Array, from: number, to: number): string => String.fromCharCode(...bytes.subarray(from, to));

interface Signature {
  readonly format: PictureFormat | 'heic' | 'pdf' | 'video' | 'zip' | 'tiff' | 'psd' | 'jxl';
  readonly matches: (b: Uint8Array) => boolean;
}

const starts = (...prefix: number[]) => (b: Uint8Array): boolean => prefix.every((x, i) => b[i] === x);
const brand = (pattern: RegExp) => (b: Uint8Array): boolean => latin(b, 4, 8) === 'ftyp' && pattern.test(latin(b, 8, 64));

/** Lengths of its headers from OS/2 to version 5. */
const BMP_HEADERS: ReadonlySet<number> = new Set([12, 40, 52, 56, 64, 108, 124]);
/**
 * What may stand before the root: declarations, comments, a document type with or without definitions of its own. No
 * comment may end in two ways, or telling that a page of comments is no SVG would take for ever.
 */
const SVG = /^(?:\xef\xbb\xbf)?\s*(?:(?:<\?[^>]*\?>|<!--(?:(?!-->)[\s\S])*-->|<!doctype svg[^>[]*(?:\[[^\]]*\]\s*)?>)\s*)*<svg[\s>]/i;

const SIGNATURES: readonly Signature[] = [
  { format: 'jpeg', matches: starts(0xff, 0xd8, 0xff) },
  { format: 'png', matches: starts(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a) },
  { format: 'gif', matches: (b) => /^GIF8[79]a/.test(latin(b, 0, 6)) },
  { format: 'webp', matches: (b) => latin(b, 0, 4) === 'RIFF' && latin(b, 8, 12) === 'WEBP' },
  { format: 'bmp', matches: (b) => latin(b, 0, 2) === 'BM' && BMP_HEADERS.has(b[14] ?? 0) && b[15] === 0 },
  { format: 'avif', matches: brand(/avif|avis/) },
  { format: 'heic', matches: brand(/hei[cxmsf]|hev[cx]|mif1|msf1/) },
  { format: 'video', matches: (b) => latin(b, 4, 8) === 'ftyp' || starts(0x1a, 0x45, 0xdf, 0xa3)(b) },
  { format: 'pdf', matches: (b) => latin(b, 0, 5) === '%PDF-' },
  { format: 'zip', matches: starts(0x50, 0x4b, 3, 4) },
  { format: 'tiff', matches: (b) => /^(II\*\0|MM\0\*)/.test(latin(b, 0, 4)) },
  { format: 'psd', matches: (b) => latin(b, 0, 4) === '8BPS' },
  { format: 'jxl', matches: (b) => starts(0xff, 0x0a)(b) || latin(b, 4, 8) === 'JXL ' },
  { format: 'svg', matches: (b) => SVG.test(latin(b, 0, SNIFF_BYTES)) },
];

/** Known, and refused by name: browsers and sharp's npm build can't read them everywhere. */
const REFUSED: Partial<Record<Signature['format'], string>> = {
  heic: 'a HEIC photo, which browsers cannot read',
  pdf: 'a PDF document, not a picture',
  video: 'a video, not a picture',
  zip: 'a ZIP archive, not a picture',
  tiff: 'a TIFF picture, which browsers cannot read',
  psd: 'a Photoshop file, which browsers cannot read',
  jxl: 'a JPEG XL picture, which most browsers cannot read',
};

const SUPPORTED = new Set<string>(['jpeg', 'png', 'webp', 'avif', 'gif', 'svg', 'bmp']);
const isSupported = (format: string): format is PictureFormat => SUPPORTED.has(format);

/** @throws EngineError file-empty, format-unsupported (known but unreadable), not-a-picture */
export function sniff(head: Uint8Array): PictureFormat {
  if (head.length === 0) throw new EngineError('file-empty', 'The file is empty.');
  const format = SIGNATURES.find((s) => s.matches(head))?.format;
  if (format === undefined) {
    const texty = head.every((b) => b === 9 || b === 10 || b === 13 || (b >= 32 && b !== 127));
    throw new EngineError('not-a-picture', `The file is not a picture${texty ? ': it contains text' : ' in a format known here'}.`);
  }
  if (isSupported(format)) return format;
  throw new EngineError('format-unsupported', `The file is ${REFUSED[format] ?? 'in a format that cannot be read here'}.`);
}

/** Reading a file again takes a message to another process and back; all who open a picture want to know. */
const known = new WeakMap<Blob, Promise<PictureFormat>>();

/** The same of a file. @throws EngineError as `sniff`; whatever reading the file throws */
export function formatOf(file: Blob): Promise<PictureFormat> {
  const before = known.get(file);
  if (before) return before;
  const format = file.slice(0, SNIFF_BYTES).arrayBuffer().then((head) => sniff(new Uint8Array(head)));
  known.set(file, format);
  // What could not be read may be there the next time.
  format.catch(() => known.delete(file));
  return format;
}
