/** CSV (RFC 4180): one line a region. */
import type { Saving } from './types.ts';

const COLUMNS = ['picture', 'id', 'label', 'score', 'thing', 'area', 'x', 'y', 'width', 'height'] as const;
const field = (value: string | number): string => (/[",\r\n]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value));

export function csv({ name, regions }: Saving): string {
  const rows = regions.map(({ id, label, score, isThing, area, bbox }) => [name, id, label, score.toFixed(4), isThing ? 1 : 0, area, ...bbox]);
  return [COLUMNS, ...rows].map((row) => row.map(field).join(',')).join('\r\n') + '\r\n';
}
