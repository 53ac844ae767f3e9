import { cancelLoad } from '../store/flow/load.ts';
import { stopOpening } from '../store/flow/open.ts';
import { stopPointing } from '../store/flow/point.ts';
import { stopRun } from '../store/flow/run.ts';
import { update } from '../store/app.ts';
import { editSelection } from '../store/edit.ts';
import { hasSelection, nothingPicked } from '../store/slices/selection.ts';
import type { Action } from './action.ts';

/** Escape takes back the nearest thing: a gesture, a picture on its way, a run, a download, a selection. */
export const stop: Action = {
  id: 'stop',
  label: 'act.cancel',
  group: 'tasks',
  keys: ['Escape'],
  whileTyping: true,
  enabled: (s) => s.selection.drawing !== null || s.library.opening.length > 0 || s.runs.running !== null || s.engine.phase === 'loading' || hasSelection(s.selection),
  perform(app) {
    const { selection, library, runs, engine } = app.store.getState();
    if (selection.drawing) return update(app, 'selection', { drawing: null });
    if (library.opening.length > 0) return stopOpening(app);
    if (runs.running) return stopRun(app);
    if (engine.phase === 'loading') return cancelLoad(app);
    if (runs.pointing) stopPointing(app);
    editSelection(app, nothingPicked);
  },
};
