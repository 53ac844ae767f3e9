/** Markdown tables and numbers for people. */
export type Cell = string | number;

export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const line = (cells: readonly Cell[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), `|${head.map((_, i) => (i === 0 ? '---' : '---:')).join('|')}|`, ...rows.map(line)].join('\n');
}

export function ms(value: number): string {
  if (!Number.isFinite(value)) return '-';
  if (value < 1) return value.toPrecision(1);
  return value < 10 ? value.toFixed(1) : Math.round(value).toLocaleString('en');
}

export function times(value: number): string {
  if (!Number.isFinite(value)) return '-';
  return value > 1000 ? '> 1,000 x' : `${value < 10 ? value.toFixed(1) : Math.round(value)} x`;
}
export const percent = (share: number): string => (Number.isFinite(share) ? `${share * 100 < 1 ? (share * 100).toPrecision(1) : (share * 100).toFixed(share < 0.1 ? 1 : 0)} %` : '-');
export const megabytes = (bytes: number): string => (Number.isFinite(bytes) ? `${(bytes / 1e6).toFixed(bytes < 1e7 ? 2 : 1)} MB` : '-');
