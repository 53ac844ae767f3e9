import { always, type Action } from './action.ts';

/** Id of the one text field of the dock. */
export const FIELD_ID = 'prompt';

export const focusField: Action = {
  id: 'focus-field', label: 'act.focusField', group: 'tasks', keys: ['/'], enabled: always, perform: () => document.getElementById(FIELD_ID)?.focus(),
};
