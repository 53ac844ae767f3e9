/** Rows of the index as the grid needs them: a row group at a time, fetched when it comes into view. */
import type { IndexReport } from '../../../gallery/parquet/read.ts';
import { update, type App } from '../../app.ts';
import { failureOf } from '../../failure.ts';
import { notify } from '../notify.ts';

export interface IndexRowView {
  readonly path: string;
  readonly width: number;
  readonly height: number;
}

/** Row group of a row; groups are in order of their first rows. */
export function groupOf(report: IndexReport, row: number): number {
  let [low, high] = [0, report.groups.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((report.groups[middle]?.first ?? Infinity) <= row) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Null while it is on its way: `gallery.rows` grows when it is there. */
export function rowOf(app: App, row: number): IndexRowView | null {
  const { index } = app.store.getState().gallery;
  if (!index || row < 0 || row >= index.report.rows) return null;
  const group = groupOf(index.report, row);
  const block = app.gallery.block(group);
  if (!block) {
    if (app.gallery.wants(group)) void fetchRows(app, group);
    return null;
  }
  const at = row - block.first;
  return { path: block.paths[at] ?? '', width: block.widths[at] ?? 1, height: block.heights[at] ?? 1 };
}

async function fetchRows(app: App, group: number): Promise<void> {
  const index = app.store.getState().gallery.index?.report;
  const stays = (): boolean => app.store.getState().gallery.index?.report === index;
  try {
    const block = await app.gallery.threads.rows(group);
    if (!stays()) return;
    app.gallery.putBlock(group, block);
    update(app, 'gallery', ({ rows }) => ({ rows: rows + 1 }));
  } catch (error) {
    if (!stays()) return;
    app.gallery.wantAgain(group);
    notify(app, failureOf(error));
  }
}

/** Where the picture of a row can be had: a granted file, an address, or nowhere. */
export function pictureOf(app: App, path: string): File | string | null {
  const file = app.gallery.granted.get(path);
  if (file) return file;
  const { index } = app.store.getState().gallery;
  return index && index.prefix !== '' ? index.prefix + path.split('/').map(encodeURIComponent).join('/') : null;
}
