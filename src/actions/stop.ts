import { cancelLoad } from '../store/flow/load.ts';
import { stopPointing } from '../store/flow/point.ts';
import { stopRun } from '../store/flow/run.ts';
import { update } from '../store/app.ts';
import { editSelection } from '../store/edit.ts';
import { hasSelection, nothingPicked } from '../store/slices/selection.ts';
import type { Action } from './action.ts';

/** Escape takes back the nearest thing: a gesture, a run, a download, a selection. */
export const stop: Action = {
  id: 'stop',
  label: 'act.cancel',
  group: 'tasks',
  keys: ['Escape'],
  whileTyping: true,
  enabled: (s) => s.selection.drawing !== null || s.runs.running !== null || s.engine.phase === 'loading' || hasSelection(s.selection),
  perform(app) {
    const { selection, runs, engine } = app.store.getState();
    if (selection.drawing) return update(app, 'selection', { drawing: null });
    if (runs.running) return stopRun(app);
    if (engine.phase === 'loading') return cancelLoad(app);
    if (runs.pointing) stopPointing(app);
    editSelection(app, nothingPicked);
  },
};
