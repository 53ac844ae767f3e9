import { isAbort } from '../engine/errors.ts';
import { restart, type App } from '../store/app.ts';
import { failureOf, type Failure } from '../store/failure.ts';
import { fetchOutside } from '../store/flow/outside.ts';
import { openPictures } from '../store/flow/open.ts';

/** A picture from an address goes the way of a dropped file. Answers with what went wrong, to be said beside the field. */
export async function openAddress(app: App, address: string): Promise<Failure | null> {
  const { signal } = restart(app, 'fetch');
  try {
    const { blob, name } = await fetchOutside(address, signal);
    if (signal.aborted) return null;
    await openPictures(app, [{ file: blob, name }]);
    return null;
  } catch (error) {
    return isAbort(error) ? null : failureOf(error);
  }
}

export const stopFetching = (app: App): void => app.jobs.get('fetch')?.abort();
