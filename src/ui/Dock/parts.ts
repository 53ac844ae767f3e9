/** The query combination of each verb as pills: what goes in, what comes out. Read from the engine's table of tasks. */
import { TASKS, type Outcome, type QueryPart } from '../../tasks/table.ts';
import type { TaskId } from '../../tasks/types.ts';
import type { PlainKey, Translate } from '../../i18n/index.ts';
import { TASK_OF } from '../../store/select.ts';
import type { Verb } from '../../store/slices/task.ts';

export type PillKind = 'latent' | 'text' | 'out';

export interface Pill {
  readonly kind: PillKind;
  readonly words: string;
  readonly about: PlainKey;
}

/** Numbers known at the moment; null for what nobody knows yet. */
export interface Counts {
  readonly queries: number | null;
  readonly names: number;
  readonly words: number;
}

const objects = (t: Translate, { queries }: Counts): Pill => ({
  kind: 'latent',
  words: queries === null ? t('query.objectsUnknown') : t('query.objects', { count: queries - 1 }),
  about: 'query.aboutObjects',
});
const text = (words: string, about: PlainKey): Pill => ({ kind: 'text', words, about });

/** The image query sits beside the object queries in every task; only tasks that read it name it. */
const PARTS: Readonly<Record<QueryPart, (t: Translate, counts: Counts) => Pill | null>> = {
  'objects': objects,
  'grounding-copy': objects,
  'image-query': () => null,
  'names': (t, { names }) => text(t('query.names', { count: names }), 'query.aboutNames'),
  'phrase': (t, { words }) => text(words > 0 ? t('query.words', { count: words }) : t('query.phrase'), 'query.aboutWords'),
};

const OUTCOMES: Readonly<Record<Outcome, PlainKey>> = { segments: 'query.outSegments', labels: 'query.outSegments', mask: 'query.outMask' };

/** Verbs whose task the engine does not have yet are shown as the paper combines them. */
const OTHERS: Readonly<Record<Exclude<Verb, 'see' | 'find'>, { readonly inputs: readonly QueryPart[]; readonly outcome: PlainKey }>> = {
  describe: { inputs: ['objects', 'phrase'], outcome: 'query.outWords' },
  ask: { inputs: ['objects', 'phrase'], outcome: 'query.outAnswer' },
  search: { inputs: ['phrase'], outcome: 'query.outPictures' },
};

const isTask = (id: string): id is TaskId => Object.hasOwn(TASKS, id);

export function pillsOf(verb: Verb, t: Translate, counts: Counts): readonly Pill[] {
  const id = TASK_OF[verb];
  const row = isTask(id) ? { inputs: TASKS[id].inputs, outcome: OUTCOMES[TASKS[id].outcome] } : OTHERS[verb as keyof typeof OTHERS];
  const ins = row.inputs.map((part) => PARTS[part](t, counts)).filter((pill) => pill !== null);
  return [...ins, { kind: 'out', words: t(row.outcome), about: 'query.aboutOutput' }];
}
