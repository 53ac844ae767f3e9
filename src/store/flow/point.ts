/**
 * Points at a thing and asks for its mask: the decoder answers where the pack takes visual prompts, else the proposal that
 * fits the marks. Every answer becomes a region of its own that is picked, so that undo goes back to the one before.
 */
import { isAbort } from '../../engine/errors.ts';
import { score } from '../../i18n/numbers.ts';
import { translator } from '../../i18n/index.ts';
import { sentence } from '../../i18n/sentences.ts';
import type { Click } from '../../tasks/types.ts';
import { restart, update, type App } from '../app.ts';
import { editSelection } from '../edit.ts';
import { failureOf } from '../failure.ts';
import { regionAt } from '../hit.ts';
import { currentPicture, currentSee } from '../select.ts';
import { shownSize } from '../shown-size.ts';
import type { Picture } from '../slices/library.ts';
import { POINTED_OUT } from '../slices/runs.ts';
import { announce, notify } from './notify.ts';

/** Masks of earlier marks that undo can still show. */
const KEPT = 12;
let serial = 0;

/** @param marks all marks of the thing, the newest last */
export async function pointOut(app: App, marks: readonly Click[]): Promise<void> {
  const state = app.store.getState();
  const picture = currentPicture(state);
  const able = state.engine.report?.tasks.pick;
  if (!picture) return;
  if (!able) return notify(app, (t) => t('point.notYet'));
  if (!able.available) return notify(app, () => sentence(state.view.language, able.reason));
  if (!marks.some((mark) => mark.positive)) return notify(app, (t) => t('point.insideFirst'));
  editSelection(app, { marks, picked: [], strokes: [] });
  update(app, 'runs', { pointing: true });
  const { signal } = restart(app, 'point');
  try {
    const run = await app.engine.run('pick', picture.engineId, { clicks: marks, outputSize: shownSize(picture.size) }, { signal, lane: 'background' });
    signal.throwIfAborted();
    // The person may have gone on to another picture, or taken the marks back.
    if (app.store.getState().library.current !== picture.key || app.store.getState().selection.marks !== marks) return;
    const { mask, size, score: value, area } = run.output;
    const prompted = run.graphs.includes('prompted');
    const id = POINTED_OUT + ++serial;
    const region = { id, mask: app.vault.put({ ids: Uint16Array.from(mask), size, count: 1 }), label: nameAt(app, picture, marks), score: value, area, prompted };
    update(app, 'runs', ({ pointedOut }) => ({ pointedOut: { ...pointedOut, [picture.key]: [...(pointedOut[picture.key] ?? []).slice(1 - KEPT), region] } }));
    update(app, 'selection', { picked: [id] });
    announce(app, (t) => t(prompted ? 'point.prompted' : 'point.proposed', { name: region.label, score: score(value) }));
  } catch (error) {
    if (!isAbort(error)) notify(app, failureOf(error, picture.name));
  } finally {
    if (!signal.aborted) update(app, 'runs', { pointing: false });
  }
}

export function stopPointing(app: App): void {
  app.jobs.get('point')?.abort();
  update(app, 'runs', { pointing: false });
}

/** The name of what is seen under the first mark inside. */
function nameAt(app: App, picture: Picture, marks: readonly Click[]): string {
  const state = app.store.getState();
  const [see, first] = [currentSee(state), marks.find((mark) => mark.positive)];
  const regions = see && app.vault.regions(see.id);
  const id = regions && first ? regionAt(regions, picture.size, first) : null;
  return see?.segments.find((s) => s.id === id)?.label ?? translator(state.view.language)('point.thing');
}
