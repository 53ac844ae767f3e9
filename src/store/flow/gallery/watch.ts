/** Keeps the gallery in step with the rest: a pack that is ready, pictures that are opened and closed, a search that waits. */
import { update, type App } from '../../app.ts';
import type { State } from '../../state.ts';
import { hasGallery } from '../../select.ts';
import { loadPack } from '../load.ts';
import { addOpened } from './add.ts';
import { ask } from './ask.ts';
import { checkIndex } from './index-file.ts';
import { restoreGallery } from './keep.ts';
import { kick } from './read.ts';

export function watchGallery(app: App): () => void {
  const step = (now: State, before: State): void => {
    if (now.library.pictures !== before.library.pictures) closed(app, now);
    // Opened pictures join once there is a reason to: reading them costs time.
    const joined = now.library.pictures !== before.library.pictures || now.task.verb !== before.task.verb;
    if (joined && (now.task.verb === 'search' || now.gallery.items.length > 0)) {
      for (const picture of now.library.pictures) addOpened(app, picture);
      kick(app);
    }
    if (now.engine.report !== before.engine.report && now.engine.report) void ready(app);
    else if (now.engine.phase !== before.engine.phase) {
      kick(app);
      // A change of pack that was cancelled: what was asked meanwhile is asked of the pack before.
      if (now.engine.phase === 'ready') void answer(app);
    }
    // Given before it was known how large the model is: that was the act which the download waits for.
    if (now.engine.phase === 'idle' && before.engine.phase === 'asking' && hasGallery(now) && !now.engine.stopped) void loadPack(app);
  };
  return app.store.subscribe(step);
}

async function ready(app: App): Promise<void> {
  await checkIndex(app);
  await restoreGallery(app);
  kick(app);
  await answer(app);
}

/** What was asked and has no answer. */
async function answer(app: App): Promise<void> {
  const { asked, hits, searching } = app.store.getState().gallery;
  if (asked && hits?.query !== asked && !searching) await ask(app, asked);
}

/** A picture that is closed stays in the gallery, from its own file. */
function closed(app: App, { library, gallery }: State): void {
  const open = new Set(library.pictures.map((p) => p.key));
  const gone = gallery.items.filter((item) => item.picture !== null && !open.has(item.picture));
  if (gone.length === 0) return;
  const stay = gone.map((item) => {
    const blob = app.gallery.readings.get(item.id)?.thumb ?? app.gallery.files.get(item.id);
    return { ...item, picture: null, thumb: blob ? URL.createObjectURL(blob) : null };
  });
  update(app, 'gallery', ({ items }) => ({ items: items.map((item) => stay.find((s) => s.id === item.id) ?? item) }));
}
