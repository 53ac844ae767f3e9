/** Questions that several parts ask of the state. */
import type { State } from './state.ts';
import { namesOf, plain, type Named } from './names.ts';
import type { Item } from './slices/gallery.ts';
import type { Picture, PictureKey } from './slices/library.ts';
import type { AskResult, DescribeResult, FindResult, PointedOut, Proposal, SeeResult } from './slices/runs.ts';
import type { Verb } from './slices/task.ts';
import type { TaskAvailability, TaskId, Timings } from '../engine/api.ts';

export const currentPicture = (s: State): Picture | null =>
  s.library.pictures.find((p) => p.key === s.library.current) ?? null;

/** What the model saw, before the person changed anything about it. */
export const rawSee = (s: State): SeeResult | null =>
  s.library.current === null ? null : (s.runs.see[s.library.current] ?? null);

/** What was seen, with the person's own names and without what was taken away. */
export const currentSee: (s: State) => SeeResult | null = memo(
  (s) => [rawSee(s), s.selection.renamed, s.selection.removed, s.selection.of],
  (see, renamed, removed, of) => {
    // Right after the names have changed, edits still speak of the regions before.
    if (!see || of !== see.wanted || (removed.length === 0 && Object.keys(renamed).length === 0)) return see;
    const segments = see.segments.filter(({ id }) => !removed.includes(id)).map((s) => ({ ...s, label: renamed[s.id] ?? s.label }));
    return { ...see, segments };
  },
);

/** Regions of the picture in view that have masks of their own: what overlaps, and what was pointed out. */
export const overlays: (s: State) => readonly Proposal[] = memo(
  (s) => [s.library.current, s.runs.proposals, s.runs.pointedOut],
  (key, overlapping, pointedOut) => (key === null ? [] : [...(overlapping[key]?.list ?? []), ...(pointedOut[key] ?? [])]),
);

/** What was pointed out and is picked. */
export const pickedOut = ({ library: { current }, runs, selection }: State): PointedOut | null =>
  (current === null ? undefined : runs.pointedOut[current]?.find((p) => selection.picked.includes(p.id))) ?? null;

export function currentFind(s: State): FindResult | null {
  if (s.task.verb !== 'find' || s.task.phrase === '') return null;
  return s.runs.find.findLast((r) => r.picture === s.library.current && r.phrase === s.task.phrase) ?? null;
}

/** Whether a search for this phrase brought the picture here, and the pack can answer for the whole picture and for a region of it. */
export const pointedAt = (s: State, picture: PictureKey | null, phrase: string): boolean =>
  picture !== null && phrase !== '' && s.runs.pointed[picture] === phrase && (s.engine.report?.tasks.region_retrieval.available ?? false);

/** The words in the field, as they would be looked for. */
export const typedPhrase = (s: State): string => plain(s.task.drafts.find);

/** The preview of what is being typed: it stays until the settled phrase is answered. */
export function currentPreview(s: State): FindResult | null {
  const { preview } = s.runs;
  if (s.task.verb !== 'find' || !preview || preview.picture !== s.library.current || preview.area === 0) return null;
  const typed = typedPhrase(s);
  return typed.startsWith(preview.phrase) && (typed !== s.task.phrase || currentFind(s) === null) ? preview : null;
}

export const currentDescribe = (s: State): DescribeResult | null =>
  s.runs.described.findLast((r) => r.picture === s.library.current && r.wanted === captionTopic(s)) ?? null;

/** As far as the caption of the picture in view has come, or '': said while it is made, kept when it was stopped. */
export function spokenSoFar(s: State): string {
  const { speaking } = s.runs;
  return speaking && speaking.picture === s.library.current && speaking.wanted === captionTopic(s) ? speaking.text : '';
}

export const currentAsk = (s: State): AskResult | null =>
  s.runs.asked.findLast((r) => r.picture === s.library.current && r.wanted === s.task.question) ?? null;

/** What a caption is to be about: the picked regions of a result, or '' for the whole picture. */
export function captionTopic(s: State): string {
  const see = currentSee(s);
  const { picked, strokes } = s.selection;
  if (!see || (picked.length === 0 && strokes.length === 0)) return '';
  const brushed = strokes.map(({ mode, radius, points }) => `${mode} ${Math.round(radius)} ${points.map(({ x, y }) => `${Math.round(x)},${Math.round(y)}`).join(' ')}`);
  return [see.wanted, picked.join(' '), ...brushed].join('\n');
}

/** Newest answer of the verb that is chosen, for the lines that say what it took. */
const CURRENT: Readonly<Record<Verb, (s: State) => Timed | null>> = {
  see: currentSee, find: currentFind, describe: currentDescribe, ask: currentAsk, search: () => null,
};
interface Timed {
  readonly ms: number;
  readonly graphs: readonly string[];
  readonly timings: Timings;
}
export const currentResult = (s: State): Timed | null => CURRENT[s.task.verb](s);

/** The found region that the stage shows: one that matches, a guess the person asked for, or a preview. */
export function shownFind(s: State): FindResult | null {
  const typing = currentPreview(s);
  return typing ?? settledFind(s);
}

export function settledFind(s: State): FindResult | null {
  const find = currentFind(s);
  return find && (find.matches || s.task.guess) ? find : null;
}

/** The task of the engine behind each verb. */
export const TASK_OF = {
  see: 'panoptic', find: 'referring', describe: 'caption', ask: 'vqa', search: 'retrieval',
} as const satisfies Record<Verb, TaskId>;

/** Bytes that the next load brings over the network: what of the pack and of the runtime is not here yet. */
export const downloadSize = ({ engine: { pack } }: State): number =>
  pack ? Math.max(0, pack.bytes - pack.cachedBytes) + pack.runtime.bytes - pack.runtime.cachedBytes : 0;

/** Null while no pack is loaded: nobody knows yet. */
export function availability(s: State, verb: Verb): TaskAvailability | null {
  if (!s.engine.report) return null;
  return s.engine.report.tasks[TASK_OF[verb]];
}

/** A selector that computes again only when the parts it read have changed. */
export function memo<P extends readonly unknown[], R>(parts: (s: State) => readonly [...P], compute: (...parts: P) => R): (s: State) => R {
  let last: { parts: readonly [...P]; result: R } | null = null;
  return (s) => {
    const now = parts(s);
    if (last?.parts.every((part, i) => part === now[i])) return last.result;
    last = { parts: now, result: compute(...now) };
    return last.result;
  };
}

const NO_NAMES: readonly Named[] = [];

export const names = memo(
  (s) => [s.task.list, s.engine.report],
  (list, report) => (list && report ? namesOf(list, report.presets) : NO_NAMES),
);

/** The gallery takes the stage for a search, and where no picture is open to be looked at. */
export const galleryShown = (s: State): boolean =>
  s.task.verb === 'search' || (s.library.current === null && hasGallery(s));

const isAtHand = (item: Item): boolean => item.here && item.state !== 'broken';

/** Pictures of the gallery whose files are there to be read. */
export const atHand = (s: State): readonly Item[] => s.gallery.items.filter(isAtHand);

/** Whether there is a picture to save anything of. */
export const savable = (s: State): boolean => s.library.current !== null || s.gallery.items.some(isAtHand);

/** Whether there is anything to search in. */
export const hasGallery = (s: State): boolean => s.gallery.items.length > 0 || s.gallery.index !== null || s.gallery.opening;
