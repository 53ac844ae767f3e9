/** Changing items of the gallery; the rest of the list keeps its identity. */
import { update, type App } from '../../app.ts';
import type { Item, ItemId } from '../../slices/gallery.ts';

let serial = 0;
export const freshId = (): ItemId => serial++ as ItemId;

export const itemOf = (app: App, id: number): Item | undefined => app.store.getState().gallery.items.find((item) => item.id === id);

export function change(app: App, id: ItemId, what: Partial<Item>): void {
  update(app, 'gallery', ({ items }) => ({ items: items.map((item) => (item.id === id ? { ...item, ...what } : item)) }));
}

/** The name at the end of a path. */
export const nameIn = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** A new address for a thumbnail; the old one is let go. */
export function thumbUrl(before: string | null, blob: Blob): string {
  if (before?.startsWith('blob:')) URL.revokeObjectURL(before);
  return URL.createObjectURL(blob);
}
