import { always, type Action } from './action.ts';

/** Id of the one text field of the dock. */
export const FIELD_ID = 'prompt';

export const focusField: Action = {
  id: 'focus-field', label: 'act.focusField', group: 'tasks', keys: ['/'], enabled: always, perform: () => document.getElementById(FIELD_ID)?.focus(),
};

/** Escape, when there is nothing else for it to stop: the other shortcuts are letters, which the field would take. */
export const leaveField: Action = {
  id: 'leave-field', label: 'act.leaveField', group: 'tasks', keys: ['Escape'], whileTyping: true,
  enabled: () => document.activeElement?.id === FIELD_ID, perform: () => document.getElementById(FIELD_ID)?.blur(),
};
