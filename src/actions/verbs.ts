import { update, type App } from '../store/app.ts';
import { reconcile } from '../store/flow/run.ts';
import { VERBS, type Verb } from '../store/slices/task.ts';
import { always, type Action } from './action.ts';

/** What was typed for a verb stays with it. */
export function chooseVerb(app: App, verb: Verb): void {
  update(app, 'task', { verb });
  update(app, 'selection', { hovered: null });
  reconcile(app);
}

/** One action a verb, keys 1 to 5 in the order in which they stand. */
export const verbActions: readonly Action[] = VERBS.map((verb, i) => ({
  id: `verb-${verb}`,
  label: `verb.${verb}`,
  group: 'tasks',
  keys: [String(i + 1)],
  enabled: always,
  perform: (app: App) => chooseVerb(app, verb),
}));
