/**
 * The vectors of a row group, copied as they lie in the file.
 *
 * The reader makes an object of every half: 20,000 vectors of 256 take it four seconds, and memory for a hundred million
 * objects would be needed for a large index. The values of a PLAIN page are the numbers themselves, one after the other, so only the page
 * headers have to be understood; they and the compression are the reader's.
 */
import type { ColumnMetaData } from 'hyparquet';
import { decompressPage } from 'hyparquet/src/datapage.js';
import { deserializeTCompactProtocol } from 'hyparquet/src/thrift.js';

/** Numbers of the format's enumerations (parquet.thrift). */
const DATA_PAGE = 0;
const DATA_PAGE_V2 = 3;
const PLAIN = 0;

type Fields = Readonly<Record<string, unknown>>;
const fields = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});
const number = (from: Fields, field: number): number => Number(from[`field_${field}`]);

/** Where the chunk of a column lies in its file. */
export function extentOf(column: ColumnMetaData): { readonly start: number; readonly end: number } {
  const start = Number(column.dictionary_page_offset ?? column.data_page_offset);
  return { start, end: start + Number(column.total_compressed_size) };
}

/** rows * dim halves; null where some page is not plain or a vector is missing, so that the reader has to do it. */
export function plainHalves(chunk: ArrayBuffer, column: ColumnMetaData, rows: number, dim: number): Uint16Array<ArrayBuffer> | null {
  const out = new Uint16Array(rows * dim);
  const bytes = new Uint8Array(out.buffer);
  const view = new DataView(chunk);
  const reader = { view, offset: 0 };
  let filled = 0;
  while (reader.offset < chunk.byteLength && filled < bytes.length) {
    const header = fields(deserializeTCompactProtocol(reader));
    const page = new Uint8Array(chunk, reader.offset, number(header, 3));
    reader.offset += page.length;
    const values = pageValues(page, header, column);
    if (!values || filled + values.length > bytes.length) return null;
    bytes.set(values, filled);
    filled += values.length;
  }
  return filled === bytes.length ? out : null;
}

function pageValues(page: Uint8Array, header: Fields, { codec }: ColumnMetaData): Uint8Array | null {
  const type = number(header, 1);
  if (type === DATA_PAGE) {
    const about = fields(header['field_5']);
    if (number(about, 2) !== PLAIN) return null;
    const plain = decompressPage(page, number(header, 2), codec, undefined);
    // Repetition and definition levels come first, each after its length.
    const view = new DataView(plain.buffer, plain.byteOffset, plain.byteLength);
    const repetition = 4 + view.getUint32(0, true);
    const levels = repetition + 4 + view.getUint32(repetition, true);
    return whole(plain.subarray(levels), number(about, 1));
  }
  if (type === DATA_PAGE_V2) {
    const about = fields(header['field_8']);
    if (number(about, 4) !== PLAIN) return null;
    const levels = number(about, 5) + number(about, 6);
    const packed = page.subarray(levels);
    return whole(about['field_7'] === false ? packed : decompressPage(packed, number(header, 2) - levels, codec, undefined), number(about, 1));
  }
  return null;
}

/** Fewer bytes than two a value: some value is null. */
const whole = (values: Uint8Array, count: number): Uint8Array | null => (values.length === 2 * count ? values : null);
