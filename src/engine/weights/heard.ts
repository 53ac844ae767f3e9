/** A connection that is silent counts as broken. */
import { abortError, EngineError } from '../errors.ts';

const SILENCE_MS = 30_000;

/** What was read, or an error when nothing comes; stops at once when cancelled. */
export function heard<T>(reading: Promise<T>, path: string, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      settle();
    };
    const stop = end(() => reject(abortError()));
    const timer = setTimeout(end(() => reject(new EngineError('network', `The download of ${path} stands still.`))), SILENCE_MS);
    signal.addEventListener('abort', stop, { once: true });
    reading.then((value) => end(() => resolve(value))(), (error: unknown) => end(() => reject(error))());
  });
}
