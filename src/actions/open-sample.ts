import type { App } from '../store/app.ts';
import { failureOf } from '../store/failure.ts';
import { notify } from '../store/flow/notify.ts';
import { openFetched } from '../store/flow/open.ts';
import { EngineError, isAbort } from '../engine/errors.ts';

/** A sample goes the way of a dropped file. */
export async function openSample(app: App, url: string, name: string): Promise<void> {
  try {
    await openFetched(app, name, async (signal) => {
      const response = await fetch(url, { signal });
      if (!response.ok) throw new EngineError('network', `The sample photo ${name} is not there.`, { stage: 'decode' });
      return response.blob();
    });
  } catch (error) {
    if (isAbort(error)) return;
    notify(app, failureOf(error instanceof EngineError ? error : new EngineError('network', 'The sample photo could not be fetched.', { stage: 'decode' }), name));
  }
}
