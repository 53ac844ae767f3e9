/** Putting a picture away and having it back. For a while everything known of it stays, so that nothing is read anew. */
import { update, type App } from '../app.ts';
import type { Closed, PictureKey } from '../slices/library.ts';
import { markedOf, selectionSlice } from '../slices/selection.ts';
import { announce, dismissUndo } from './notify.ts';
import { show } from './open.ts';
import { reconcile } from './run.ts';

/** Closed pictures that can be had back; each holds its file and its masks. */
const KEPT = 4;

export function putAway(app: App, key: PictureKey): void {
  const { library: { pictures, current, closed }, selection } = app.store.getState();
  const at = pictures.findIndex((p) => p.key === key);
  const picture = pictures[at];
  if (!picture) return;
  const left = pictures.toSpliced(at, 1);
  const known = [...closed, { picture, at }];
  if (current === key) {
    app.aside.set(key, markedOf(selection));
    update(app, 'selection', selectionSlice);
  }
  update(app, 'library', { pictures: left, current: current === key ? null : current, closed: known.slice(-KEPT) });
  for (const old of known.slice(0, -KEPT)) forget(app, old);
  announce(app, (t) => t('picture.closed', { name: picture.name }));
  const next = left[Math.min(at, left.length - 1)];
  if (current === key && next) show(app, next.key);
  else reconcile(app);
}

/** False when it is not there to be had. */
export function bringBack(app: App, key: PictureKey): boolean {
  const { closed } = app.store.getState().library;
  const entry = closed.find(({ picture }) => picture.key === key);
  if (!entry) return false;
  update(app, 'library', ({ pictures }) => ({ pictures: pictures.toSpliced(entry.at, 0, entry.picture), closed: closed.filter((c) => c !== entry) }));
  dismissUndo(app, { kind: 'picture', key });
  return true;
}

/** Now it is gone for good. */
function forget(app: App, { picture: { key, url, engineId } }: Closed): void {
  update(app, 'runs', ({ see, find, described, asked, proposals, pointed, pointedOut }) => {
    const { [key]: gone, ...kept } = see;
    const { [key]: overlapping, ...others } = proposals;
    const { [key]: _, ...stillPointed } = pointed;
    const { [key]: marked, ...stillMarked } = pointedOut;
    for (const { id } of [...(gone ? [gone] : []), ...find.filter((f) => f.picture === key)]) app.vault.drop(id);
    for (const { mask } of [...(overlapping?.list ?? []), ...(marked ?? [])]) app.vault.drop(mask);
    return {
      see: kept, proposals: others, pointed: stillPointed, pointedOut: stillMarked, find: find.filter((f) => f.picture !== key), described: described.filter((d) => d.picture !== key), asked: asked.filter((a) => a.picture !== key),
    };
  });
  app.aside.delete(key);
  app.history.forget(key);
  app.shelf.drop(key);
  dismissUndo(app, { kind: 'picture', key });
  URL.revokeObjectURL(url);
  void app.engine.close(engineId).catch(() => undefined); // already gone is as good as closed
}
