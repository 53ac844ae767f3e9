import { restart, update, type App } from '../store/app.ts';
import { failureOf } from '../store/failure.ts';
import { notify } from '../store/flow/notify.ts';
import { openPictures } from '../store/flow/open.ts';
import { EngineError } from '../engine/errors.ts';

/** A sample goes the way of a dropped file. */
export async function openSample(app: App, url: string, name: string): Promise<void> {
  const { signal } = restart(app, 'open');
  update(app, 'library', { opening: [name] });
  try {
    const response = await fetch(url, { signal });
    if (!response.ok) throw new EngineError('network', `The sample photo ${name} is not there.`, { stage: 'decode' });
    const file = await response.blob();
    // What was opened meanwhile is what the person wants to see.
    if (!signal.aborted) await openPictures(app, [{ file, name }]);
  } catch (error) {
    if (signal.aborted) return;
    update(app, 'library', { opening: [] });
    notify(app, failureOf(error instanceof EngineError ? error : new EngineError('network', 'The sample photo could not be fetched.', { stage: 'decode' }), name));
  }
}
