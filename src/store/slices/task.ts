/** What the person wants to know: the verb, what was typed for each verb, and the names to look for. */
import type { NameList } from '../names.ts';

export const VERBS = ['see', 'find', 'describe', 'ask', 'search'] as const;
export type Verb = (typeof VERBS)[number];

export interface TaskSlice {
  readonly verb: Verb;
  /** Text in the field, kept for each verb while others are used. */
  readonly drafts: Readonly<Record<Verb, string>>;
  /** The phrase to find: settled, either by the button or by a pause in typing. Empty: show everything. */
  readonly phrase: string;
  /** Settled by the button. */
  readonly question: string;
  /** Show the best region of a phrase although it does not match. */
  readonly guess: boolean;
  /** Null until a pack says which list it starts from. */
  readonly list: NameList | null;
  /** The person's own lists, by the names they gave them. */
  readonly kept: Readonly<Record<string, NameList>>;
}

export const taskSlice: TaskSlice = {
  verb: 'see',
  drafts: { see: '', find: '', describe: '', ask: '', search: '' },
  phrase: '',
  question: '',
  guess: false,
  list: null,
  kept: {},
};
