import { redo as redoEdit, undo as undoEdit } from '../store/edit.ts';
import type { Action } from './action.ts';

export const undo: Action = {
  id: 'undo', label: 'act.undo', group: 'regions', keys: ['mod+z'], enabled: (_, app) => app.history.canUndo, perform: undoEdit,
};

export const redo: Action = {
  id: 'redo', label: 'act.redo', group: 'regions', keys: ['shift+mod+z', 'mod+y'], enabled: (_, app) => app.history.canRedo, perform: redoEdit,
};
