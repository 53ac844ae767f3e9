/** CSV (RFC 4180): one line a region. */
import type { Saving } from './types.ts';

type Value = string | number;
const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
/** A spreadsheet takes a text that begins like this for a formula and runs it: a quote before it keeps it a text. */
const field = (value: Value): string => (typeof value === 'number' ? String(value) : quoted(/^[=+\-@\t]/.test(value) ? `'${value}` : value));

export function table<K extends string>(columns: readonly K[], rows: readonly Readonly<Record<K, Value>>[]): string {
  return [columns, ...rows.map((row) => columns.map((column) => row[column]))].map((line) => line.map(field).join(',')).join('\r\n') + '\r\n';
}

const COLUMNS = ['picture', 'id', 'label', 'score', 'thing', 'area', 'x', 'y', 'width', 'height'] as const;

export const csv = ({ name, regions }: Saving): string =>
  table(COLUMNS, regions.map(({ id, label, score, isThing, area, bbox: [x, y, width, height] }) => ({
    picture: name, id, label, score: Number(score.toFixed(4)), thing: isThing ? 1 : 0, area, x, y, width, height,
  })));
