/** A user action as data: menus, buttons, shortcuts and the help sheet read the same list. */
import type { PlainKey } from '../i18n/index.ts';
import type { App } from '../store/app.ts';
import type { State } from '../store/state.ts';

export const GROUPS = ['picture', 'tasks', 'regions', 'view', 'app'] as const;
export type Group = (typeof GROUPS)[number];

export interface Action {
  readonly id: string;
  readonly label: PlainKey;
  readonly group: Group;
  /** Shortcuts such as "mod+z", "1" or "Escape"; the first is the one that is shown. */
  readonly keys: readonly string[];
  /** The shortcut also works while the person types. */
  readonly whileTyping?: boolean;
  enabled(state: State, app: App): boolean;
  perform(app: App): void | Promise<void>;
}

export const always = (): boolean => true;
export const hasPicture = (state: State): boolean => state.library.current !== null;
