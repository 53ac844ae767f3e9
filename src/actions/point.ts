import type { Point } from '../masks/types.ts';
import { update, type App } from '../store/app.ts';
import { pointOut } from '../store/flow/point.ts';
import { currentPicture } from '../store/select.ts';
import type { MarkKind } from '../store/slices/view.ts';
import type { PickMode } from './regions.ts';

/** A plain press, by what the person said that a mark means. */
const PLAIN = { new: 'set', inside: 'add', outside: 'remove' } as const satisfies Record<MarkKind, PickMode>;

/** A mark on what is meant, or beside it. A plain one is what the tool says; Shift adds one inside, Alt one outside. */
export function point(app: App, { x, y }: Point, mode: PickMode): void {
  const state = app.store.getState();
  const size = currentPicture(state)?.size;
  if (!size || x < 0 || y < 0 || x >= size.width || y >= size.height) return;
  const meant = mode === 'set' ? PLAIN[state.view.mark] : mode;
  const before = meant === 'set' ? [] : state.selection.marks;
  void pointOut(app, [...before, { x, y, positive: meant !== 'remove' }]);
}

export const setMark = (app: App, mark: MarkKind): void => update(app, 'view', { mark });
