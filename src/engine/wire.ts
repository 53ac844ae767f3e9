/** One worker and the calls that wait for it: a typed request for a typed answer. */
import { abortError, EngineError, throwIfAborted } from './errors.ts';
import type { EngineEvent } from './api.ts';
import type { Args, CallName, FromWorker, Result, Returned, ToWorker } from './protocol.ts';

interface Deferred<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (reason: unknown) => void;
}

type Waiting = { [K in CallName]: Map<number, Deferred<Result<K>>> };

export interface WireEvents {
  onEvent(event: EngineEvent): void;
  /** The worker is gone; every waiting call has been rejected with worker-crashed. */
  onCrash(reason: string): void;
}

/** The part of a Worker that is used: tests put their own in its place. */
export type WorkerLike = Pick<Worker, 'postMessage' | 'terminate' | 'addEventListener'>;

export class Wire {
  readonly #worker: WorkerLike;
  readonly #events: WireEvents;
  readonly #waiting: Waiting = {
    start: new Map(), describe: new Map(), load: new Map(), open: new Map(), run: new Map(), embedText: new Map(), close: new Map(), storage: new Map(), forget: new Map(), inspect: new Map(),
  };
  /** Who hears the words of a caption while it is made. */
  readonly #listening = new Map<number, (text: string) => void>();
  #next = 1;
  #dead = false;

  constructor(worker: WorkerLike, events: WireEvents) {
    this.#worker = worker;
    this.#events = events;
    worker.addEventListener('message', (event) => {
      if (event instanceof MessageEvent) this.#receive(event.data);
    });
    worker.addEventListener('error', (event) => this.crash(event instanceof ErrorEvent && event.message ? event.message : 'it could not be started'));
    worker.addEventListener('messageerror', () => this.crash('a message could not be read'));
  }

  /** Rejects with AbortError at once when the signal fires; a late answer is dropped. */
  call<K extends CallName>(name: K, args: Args<K>, signal: AbortSignal, onWords?: (text: string) => void): Promise<Result<K>> {
    return new Promise((resolve, reject) => {
      throwIfAborted(signal);
      if (this.#dead) throw new EngineError('worker-crashed', 'The worker that computes is gone.');
      const id = this.#next++;
      const table: Map<number, Deferred<Result<K>>> = this.#waiting[name];
      const cancel = (): void => {
        table.delete(id);
        this.#listening.delete(id);
        this.#worker.postMessage({ kind: 'cancel', id } satisfies ToWorker);
        reject(abortError());
      };
      const done = (): void => {
        signal.removeEventListener('abort', cancel);
        this.#listening.delete(id);
      };
      if (onWords) this.#listening.set(id, onWords);
      table.set(id, {
        resolve: (value) => { done(); resolve(value); },
        reject: (reason) => { done(); reject(reason); },
      });
      signal.addEventListener('abort', cancel, { once: true });
      this.#worker.postMessage({ kind: 'call', id, name, args });
    });
  }

  /** Ends the worker; what waits is rejected with the reason. */
  close(reason: unknown): void {
    if (this.#dead) return;
    this.#dead = true;
    this.#worker.terminate();
    for (const table of Object.values(this.#waiting)) {
      for (const deferred of table.values()) deferred.reject(reason);
      table.clear();
    }
  }

  #receive(message: FromWorker): void {
    if (this.#dead) return;
    if (message.kind === 'event') return this.#events.onEvent(message.event);
    if (message.kind === 'words') return this.#listening.get(message.id)?.(message.text);
    if (message.kind === 'return') {
      // Cancelled too late for the worker to hear: nobody else would close the picture.
      if (message.name === 'open' && !this.#waiting.open.has(message.id)) void this.call('close', { picture: message.value.id }, new AbortController().signal).catch(() => undefined);
      return this.#settle(message);
    }
    for (const table of Object.values(this.#waiting)) {
      const deferred = table.get(message.id);
      if (!deferred) continue;
      table.delete(message.id);
      const { error } = message;
      // A memory fault leaves the runtime's heap unusable: only a new worker helps.
      if (error !== 'aborted' && FATAL.test(error.message)) return this.crash(error.message, deferred);
      deferred.reject(error === 'aborted' ? abortError('A newer request took its place.') : EngineError.fromPlain(error));
    }
  }

  #settle<K extends CallName>(message: Returned<K>): void {
    const table: Map<number, Deferred<Result<K>>> = this.#waiting[message.name];
    const deferred = table.get(message.id);
    table.delete(message.id);
    deferred?.resolve(message.value);
  }

  /** The worker is found dead; without effect when it was closed or found dead before. */
  crash(reason: string, also?: { reject: (reason: unknown) => void }): void {
    if (this.#dead) return;
    const error = new EngineError('worker-crashed', `The worker that computes stopped: ${reason}.`);
    also?.reject(error);
    this.close(error);
    this.#events.onCrash(reason);
  }
}

/** After these the wasm instance is not to be trusted any more (measured: every later call fails). */
const FATAL = /memory access out of bounds|unreachable|table index is out of bounds|out of memory|bad_alloc|cannot enlarge memory/i;
