/** What is wanted now, as opposed to what is there. Pure: the state in, a list of wants out, most wanted first. */
import { listKey } from '../names.ts';
import { availability, captionTopic, names, typedPhrase } from '../select.ts';
import type { JobKind, Want } from '../slices/runs.ts';
import type { Verb } from '../slices/task.ts';
import type { State } from '../state.ts';

/** Shorter than this, a phrase is still being thought of. */
export const LEAST_TYPED = 3;

export const sameWant = (a: Want, b: Want): boolean => a.kind === b.kind && a.picture === b.picture && a.wanted === b.wanted;

/** What each verb asks of the current picture, or null while nothing was asked. */
const ASKED: Readonly<Record<Exclude<Verb, 'see' | 'search'>, { readonly kind: JobKind; wanted(s: State): string | null }>> = {
  find: { kind: 'find', wanted: (s) => s.task.phrase || null },
  describe: { kind: 'describe', wanted: captionTopic },
  ask: { kind: 'ask', wanted: (s) => s.task.question || null },
};

export function wants(s: State): Want[] {
  const { verb } = s.task;
  const picture = s.library.current;
  if (picture === null || s.engine.phase !== 'ready') return [];
  const list: Want[] = [];
  const able = availability(s, verb)?.available ?? false;
  // Only once the picture has been read: a preview must never be what a person waits for.
  if (able && verb === 'find' && s.runs.see[picture]) {
    const typed = typedPhrase(s);
    if (typed.length >= LEAST_TYPED && typed !== s.task.phrase) list.push({ kind: 'preview', picture, wanted: typed });
  }
  if (able && verb !== 'see' && verb !== 'search') {
    const { kind, wanted } = ASKED[verb];
    const text = wanted(s);
    if (text !== null) list.push({ kind, picture, wanted: text });
  }
  if (s.task.list && names(s).length > 0) list.push({ kind: 'see', picture, wanted: listKey(s.task.list) });
  return list;
}

const HAS: Readonly<Record<JobKind, (s: State, want: Want) => boolean>> = {
  see: (s, want) => s.runs.see[want.picture]?.wanted === want.wanted,
  preview: (s, { picture, wanted }) => s.runs.preview?.picture === picture && s.runs.preview.wanted === wanted,
  find: (s, want) => s.runs.find.some((f) => f.picture === want.picture && f.wanted === want.wanted),
  describe: (s, want) => s.runs.described.some((d) => d.picture === want.picture && d.wanted === want.wanted),
  ask: (s, want) => s.runs.asked.some((a) => a.picture === want.picture && a.wanted === want.wanted),
};

/** The next piece of work, or null when everything wanted is there, has failed, or is being done. */
export function nextWant(s: State): Want | null {
  return wants(s).find((want) => !HAS[want.kind](s, want) && !s.runs.failed.some((f) => sameWant(f, want))) ?? null;
}
