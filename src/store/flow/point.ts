/**
 * Points at a thing and asks for its mask: the decoder answers where the pack takes visual prompts, else the proposal that
 * fits the marks. Every answer becomes a region of its own that is picked, so that undo goes back to the one before.
 */
import type { TaskRun } from '../../engine/api.ts';
import { isAbort } from '../../engine/errors.ts';
import { score } from '../../i18n/numbers.ts';
import { translator } from '../../i18n/index.ts';
import { sentence } from '../../i18n/sentences.ts';
import type { Box, Mask } from '../../masks/types.ts';
import type { Click } from '../../tasks/types.ts';
import { restart, update, type App } from '../app.ts';
import { editSelection } from '../edit.ts';
import { failureOf } from '../failure.ts';
import { regionUnder } from '../hit.ts';
import { currentPicture, currentSee } from '../select.ts';
import { shownSize } from '../shown-size.ts';
import type { PictureKey } from '../slices/library.ts';
import { POINTED_OUT, type PointedOut } from '../slices/runs.ts';
import { nothingPicked } from '../slices/selection.ts';
import { announce, notify } from './notify.ts';
import { reconcile } from './run.ts';

/** Masks of earlier marks that undo can still show. */
const KEPT = 12;
let serial = 0;
/** Where to look closer, if anywhere, for the marks that begin with this one. */
const PARTS = new WeakMap<Click, Box | null>();

interface Answered {
  readonly region: PointedOut;
  readonly part: Box | null;
}

/** @param marks all marks of the thing, the newest last */
export async function pointOut(app: App, marks: readonly Click[]): Promise<void> {
  const state = app.store.getState();
  const picture = currentPicture(state);
  const able = state.engine.report?.tasks.pick;
  if (!picture) return;
  if (!able) return notify(app, (t) => t('point.notYet'));
  if (!able.available) return notify(app, () => sentence(state.view.language, able.reason));
  if (!marks.some((mark) => mark.positive)) return notify(app, (t) => t('point.insideFirst'));
  editSelection(app, { ...nothingPicked, marks });
  update(app, 'runs', { pointing: true });
  const { signal } = restart(app, 'point');
  /** The answer, shown in place of another; null where nobody waits for it: the person went on to another picture, or took the marks back. */
  const answer = async (part: Box | null | undefined, instead: PointedOut | null): Promise<Answered | null> => {
    const input = { clicks: marks, outputSize: shownSize(picture.size), ...(part === undefined ? {} : { part }) };
    const run = await app.engine.run('pick', picture.engineId, input, { signal, lane: 'background' });
    signal.throwIfAborted();
    const { library, selection } = app.store.getState();
    if (library.current !== picture.key || selection.marks !== marks) return null;
    return { region: show(app, picture.key, run, instead), part: run.output.part };
  };
  try {
    // A first mark is answered at once, and what is small then once more by a closer look; later marks go there.
    const [first] = marks as readonly [Click];
    const alone = marks.length === 1;
    let answered = await answer(alone ? null : PARTS.get(first), null);
    if (alone && answered) {
      PARTS.set(first, answered.part);
      if (answered.part) answered = await answer(answered.part, answered.region);
    }
    if (!answered) return;
    const { prompted, label, score: value } = answered.region;
    announce(app, (t) => t(prompted ? 'point.prompted' : 'point.proposed', { name: label, score: score(value) }));
  } catch (error) {
    if (!isAbort(error)) notify(app, failureOf(error, picture.name));
  } finally {
    if (!signal.aborted) update(app, 'runs', { pointing: false });
  }
}

/** The answer as a region that is picked, in place of one that was less well seen. */
function show(app: App, picture: PictureKey, { output, graphs }: TaskRun<'pick'>, instead: PointedOut | null): PointedOut {
  const { mask, size, score: value, area } = output;
  const id = POINTED_OUT + ++serial;
  const region = { id, mask: app.vault.put({ ids: Uint16Array.from(mask), size, count: 1 }), label: nameOf(app, { ...size, data: mask }), score: value, area, prompted: graphs.includes('prompted') };
  update(app, 'runs', ({ pointedOut }) => {
    const others = (pointedOut[picture] ?? []).filter((other) => other !== instead);
    return { pointedOut: { ...pointedOut, [picture]: [...others.slice(1 - KEPT), region] } };
  });
  update(app, 'selection', { picked: [id] });
  if (instead) app.vault.drop(instead.mask);
  // A caption of what is picked is of this now.
  reconcile(app);
  return region;
}

export function stopPointing(app: App): void {
  app.jobs.get('point')?.abort();
  update(app, 'runs', { pointing: false });
}

/** The name of what was seen where most of the mask lies. */
function nameOf(app: App, mask: Mask): string {
  const state = app.store.getState();
  const see = currentSee(state);
  const regions = see && app.vault.regions(see.id);
  const id = regions && regionUnder(regions, mask);
  return see?.segments.find((s) => s.id === id)?.label ?? translator(state.view.language)('point.thing');
}
