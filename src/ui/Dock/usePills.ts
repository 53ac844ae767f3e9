/** The query combination of a verb, or of marks, with the numbers of the moment. */
import { names, pointedAt } from '../../store/select.ts';
import type { Verb } from '../../store/slices/task.ts';
import { usePick, useT } from '../context.ts';
import { pillsOf, type Pill } from './parts.ts';

export function usePills(verb: Verb, marking = false): readonly Pill[] {
  const t = useT();
  const counts = usePick((s) => ({
    picked: s.selection.picked.length + s.selection.strokes.length,
    words: s.task.drafts[verb].trim().split(/\s+/).filter(Boolean).length,
    queries: s.engine.report?.queries ?? null,
    names: names(s).length,
    marking,
    pointed: pointedAt(s, s.library.current, s.task.phrase),
  }));
  return pillsOf(verb, t, counts);
}
