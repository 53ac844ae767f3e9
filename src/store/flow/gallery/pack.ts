/** Whose vectors the gallery holds. */
import { update, type App } from '../../app.ts';

/** Vectors of another pack are worth nothing: what has its file is read again, what has not is let go. */
export async function takeIn(app: App): Promise<void> {
  const { report } = app.store.getState().engine;
  if (!report || app.gallery.packHash === report.packHash) return;
  const first = app.gallery.packHash === '';
  app.gallery.packHash = report.packHash;
  app.gallery.sentences.clear();
  await app.gallery.threads.reset('own', report.dim);
  if (first) {
    // After the threads have died: what was read is still here.
    for (const [id, { halves }] of app.gallery.readings) await app.gallery.threads.add('own', Uint32Array.of(id), halves.slice());
    return;
  }
  app.gallery.readings.clear();
  app.gallery.written.clear();
  update(app, 'gallery', ({ items }) => ({ hits: null, items: items.filter((i) => i.here).map((i) => (i.state === 'read' ? { ...i, state: 'waiting' as const } : i)) }));
}
