/** The person's own lists of names, kept between visits and checked when read back. */
import { array, type InferOutput, object, record, safeParse, string } from 'valibot';
import { update, type App } from '../app.ts';

const KEY = 'xdecoder.lists.1';
export const List = object({ preset: string(), removed: array(string()), own: array(string()) });
const Lists = record(string(), List);

function read(): InferOutput<typeof Lists> {
  try {
    const stored = safeParse(Lists, JSON.parse(localStorage.getItem(KEY) ?? '{}'));
    return stored.success ? stored.output : {};
  } catch {
    return {}; // storage refused or damaged: no lists
  }
}

export function keepLists(app: App): () => void {
  update(app, 'task', { kept: read() });
  return app.store.subscribe(({ task: { kept } }, before) => {
    if (kept === before.task.kept) return;
    try {
      // Another tab may have saved some meanwhile: only what changed here is changed there.
      const stored = Object.entries(read()).filter(([name]) => !(name in before.task.kept) || name in kept);
      const changed = Object.entries(kept).filter(([name, list]) => list !== before.task.kept[name]);
      localStorage.setItem(KEY, JSON.stringify(Object.fromEntries([...stored, ...changed])));
    } catch {
      // storage refused: the lists hold for this visit
    }
  });
}
