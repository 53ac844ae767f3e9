/** The page's half of the worker that makes files. */
import { wrap, type Remote } from 'comlink';
import { abortError, EngineError, throwIfAborted } from '../engine/errors.ts';
import type { Format } from './formats.ts';
import type { Draft } from './types.ts';
import type { SaveService } from './worker.ts';

/** Makes files one after the other until it is ended. */
export class Maker {
  readonly #worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'save' });
  readonly #service: Remote<SaveService> = wrap<SaveService>(this.#worker);
  readonly #died = new Promise<never>((_, reject) => {
    this.#worker.addEventListener('error', ({ message }) => reject(new EngineError('internal', `The file could not be made: ${message || 'its worker did not start'}.`)));
  });

  constructor() {
    this.#died.catch(() => undefined); // heard by whoever waits for a file
  }

  /**
   * @param picture the pixels, for a format that shows them; they are copied
   * @returns null when no pixel is left to save
   * @throws EngineError; AbortError at once, and this can make no other file
   */
  async make(format: Format, draft: Draft, picture: ImageBitmap, signal: AbortSignal): Promise<Blob | null> {
    throwIfAborted(signal);
    let stop = (): void => undefined;
    const stopped = new Promise<never>((_, reject) => {
      stop = () => {
        this.end();
        reject(abortError());
      };
      signal.addEventListener('abort', stop);
    });
    try {
      return await Promise.race([this.#service.make(format.id, draft, format.pictured ? picture : null), stopped, this.#died]);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  end(): void {
    this.#worker.terminate();
  }
}
