import { update, type App } from '../store/app.ts';
import { loadPack } from '../store/flow/load.ts';
import { reconcile } from '../store/flow/run.ts';
import { plain } from '../store/names.ts';

/** Settles on a phrase; an empty one shows everything again. Asked before the model is there, it is answered once it is. */
export function find(app: App, text: string): void {
  const phrase = plain(text);
  if (phrase === app.store.getState().task.phrase) return retryFailed(app);
  update(app, 'task', { phrase, guess: false });
  retryFailed(app);
  const { engine, library } = app.store.getState();
  if (phrase !== '' && library.current !== null && engine.phase === 'idle' && !engine.stopped) void loadPack(app);
}

/** Pressing the button for the same phrase means: try once more if it failed. */
function retryFailed(app: App): void {
  update(app, 'runs', ({ failed }) => ({ failed: failed.filter((f) => f.kind !== 'find') }));
  reconcile(app);
}

export const clearFind = (app: App): void => {
  update(app, 'task', ({ drafts }) => ({ phrase: '', guess: false, drafts: { ...drafts, find: '' } }));
  reconcile(app);
};

export const toggleGuess = (app: App): void => update(app, 'task', ({ guess }) => ({ guess: !guess }));
