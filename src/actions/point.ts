import type { Point } from '../masks/types.ts';
import type { App } from '../store/app.ts';
import { pointOut } from '../store/flow/point.ts';
import { currentPicture } from '../store/select.ts';
import type { PickMode } from './regions.ts';

/** A mark on what is meant, or beside it. A plain one starts anew; Shift adds one inside, Alt one outside. */
export function point(app: App, { x, y }: Point, mode: PickMode): void {
  const state = app.store.getState();
  const size = currentPicture(state)?.size;
  if (!size || x < 0 || y < 0 || x >= size.width || y >= size.height) return;
  const before = mode === 'set' ? [] : state.selection.marks;
  void pointOut(app, [...before, { x, y, positive: mode !== 'remove' }]);
}
