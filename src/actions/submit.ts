import { update, type App } from '../store/app.ts';
import { loadPack } from '../store/flow/load.ts';
import { retryRuns } from '../store/flow/run.ts';
import { ask as searchFor } from '../store/flow/gallery/ask.ts';
import { availability } from '../store/select.ts';
import type { Verb } from '../store/slices/task.ts';
import { find } from './find.ts';
import { addNames } from './names.ts';
import { plain } from '../store/names.ts';

/** What the one button does, by verb. */
const SUBMIT: Readonly<Record<Verb, (app: App, text: string) => void>> = {
  see(app, text) {
    if (text.trim() === '') return retryRuns(app);
    addNames(app, text);
    update(app, 'task', ({ drafts }) => ({ drafts: { ...drafts, see: '' } }));
  },
  find,
  describe: retryRuns,
  ask(app, text) {
    update(app, 'task', { question: plain(text) });
    retryRuns(app);
  },
  search(app, text) {
    void searchFor(app, { kind: 'words', text: plain(text) });
  },
};

export function submit(app: App): void {
  const { task, engine } = app.store.getState();
  if (availability(app.store.getState(), task.verb)?.available === false) return;
  SUBMIT[task.verb](app, task.drafts[task.verb]);
  // The person acted: a stopped download goes on.
  if (engine.phase === 'idle' || engine.phase === 'failed') void loadPack(app);
}
