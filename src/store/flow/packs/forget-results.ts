/** Another pack sees other things: what the one before found is let go, the pictures stay. */
import { update, type App } from '../../app.ts';
import { runsSlice } from '../../slices/runs.ts';
import { selectionSlice } from '../../slices/selection.ts';

export function forgetResults(app: App): void {
  const { see, find, proposals, pointedOut } = app.store.getState().runs;
  for (const { id } of [...Object.values(see), ...find]) app.vault.drop(id);
  for (const { mask } of [...Object.values(proposals).flatMap((p) => p.list), ...Object.values(pointedOut).flat()]) app.vault.drop(mask);
  update(app, 'runs', runsSlice);
  update(app, 'selection', selectionSlice);
  app.aside.clear();
  app.history.forgetMarks();
}
