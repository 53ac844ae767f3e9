/** The query combination of each verb as pills: what goes in, what comes out. Read from the engine's table of tasks. */
import type { TaskId } from '../../engine/api.ts';
import { TASKS, type Outcome, type QueryPart } from '../../tasks/table.ts';
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
  readonly picked: number;
  /** The phrase comes from a search that brought the picture here. */
  readonly pointed: boolean;
  /** Marks are put on the picture, whatever the verb. */
  readonly marking: boolean;
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
  'words-so-far': (t) => text(t('query.wordsSoFar'), 'query.aboutSoFar'),
  'region': (t) => text(t('query.region'), 'query.aboutRegion'),
  'marks': (t) => text(t('query.marks'), 'query.aboutMarks'),
  'question': (t, { words }) => text(words > 0 ? t('query.words', { count: words }) : t('query.question'), 'query.aboutQuestion'),
  'phrase': (t, { words }) => text(words > 0 ? t('query.words', { count: words }) : t('query.phrase'), 'query.aboutWords'),
};

const OUTCOMES: Readonly<Record<Outcome, PlainKey>> = { segments: 'query.outSegments', labels: 'query.outSegments', mask: 'query.outMask', words: 'query.outWords', answer: 'query.outAnswer', vector: 'query.outPictures' };

function taskOf(verb: Verb, { picked, pointed, marking }: Counts): TaskId {
  if (marking) return 'pick';
  if (verb === 'describe' && picked > 0) return 'region_caption';
  return verb === 'find' && pointed ? 'region_retrieval' : TASK_OF[verb];
}

export function pillsOf(verb: Verb, t: Translate, counts: Counts): readonly Pill[] {
  const row = TASKS[taskOf(verb, counts)];
  const inputs: readonly QueryPart[] = verb === 'search' ? [...row.inputs, 'phrase'] : row.inputs;
  const known = new Set<PlainKey>();
  // Queries that join twice, once for the picture and once for the region, are named once.
  const ins = inputs.map((part) => PARTS[part](t, counts)).filter((pill) => pill !== null).filter(({ about }) => !known.has(about) && known.add(about));
  return [...ins, { kind: 'out', words: t(OUTCOMES[row.outcome]), about: 'query.aboutOutput' }];
}
