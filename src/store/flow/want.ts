/** What is wanted now, as opposed to what is there. Pure: the state in, a list of wants out, most wanted first. */
import { listKey } from '../names.ts';
import { names } from '../select.ts';
import type { Want } from '../slices/runs.ts';
import type { State } from '../state.ts';

export const sameWant = (a: Want, b: Want): boolean => a.kind === b.kind && a.picture === b.picture && a.wanted === b.wanted;

export function wants(s: State): Want[] {
  const picture = s.library.current;
  if (picture === null || s.engine.phase !== 'ready') return [];
  const list: Want[] = [];
  if (s.task.list && names(s).length > 0) list.push({ kind: 'see', picture, wanted: listKey(s.task.list) });
  if (s.task.verb === 'find' && s.task.phrase !== '') list.unshift({ kind: 'find', picture, wanted: s.task.phrase });
  return list;
}

function has(s: State, want: Want): boolean {
  if (want.kind === 'see') return s.runs.see[want.picture]?.wanted === want.wanted;
  return s.runs.find.some((f) => f.picture === want.picture && f.wanted === want.wanted);
}

/** The next piece of work, or null when everything wanted is there, has failed, or is being done. */
export function nextWant(s: State): Want | null {
  return wants(s).find((want) => !has(s, want) && !s.runs.failed.some((f) => sameWant(f, want))) ?? null;
}
