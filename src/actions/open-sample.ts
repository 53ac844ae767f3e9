import type { App } from '../store/app.ts';
import { failureOf } from '../store/failure.ts';
import { notify } from '../store/flow/notify.ts';
import { openPictures } from '../store/flow/open.ts';
import { EngineError } from '../engine/errors.ts';

/** A sample goes the way of a dropped file. */
export async function openSample(app: App, url: string, name: string): Promise<void> {
  try {
    const response = await fetch(url);
    if (!response.ok) throw new EngineError('network', `The sample photo ${name} is not there.`, { stage: 'decode' });
    await openPictures(app, [{ file: await response.blob(), name }]);
  } catch (error) {
    notify(app, failureOf(error instanceof EngineError ? error : new EngineError('network', 'The sample photo could not be fetched.', { stage: 'decode' }), name));
  }
}
