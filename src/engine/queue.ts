/**
 * One job at a time. Two overlapping calls hang onnxruntime-web for good, so whatever touches it goes through here.
 *
 * Laws: a failed job never blocks the next; foreground before background; within `replaces` the newest wins, an older
 * one rejects with AbortError whether it waits or runs; an aborted job that waits never starts.
 */
import type { Lane } from './api.ts';
import { abortError, throwIfAborted } from './errors.ts';

export interface JobOptions {
  readonly signal: AbortSignal;
  readonly lane?: Lane;
  /** Jobs of one name replace each other. */
  readonly replaces?: string;
}

interface Job {
  readonly options: JobOptions;
  readonly controller: AbortController;
  readonly start: () => Promise<void>;
  readonly reject: (reason: unknown) => void;
}

const OVERTAKEN = 'A newer request took its place.';

export class JobQueue {
  readonly #waiting: Record<Lane, Job[]> = { foreground: [], background: [] };
  #running: Job | null = null;

  /** Waits for its turn and runs. The work gets a signal that fires on cancel and when a newer job replaces it. */
  add<T>(work: (signal: AbortSignal) => Promise<T>, options: JobOptions): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const controller = new AbortController();
      const start = async (): Promise<void> => {
        try {
          throwIfAborted(controller.signal);
          resolve(await work(controller.signal));
        } catch (error) {
          reject(error);
        } finally {
          options.signal.removeEventListener('abort', cancel);
        }
      };
      const job: Job = { options, controller, start, reject };
      const cancel = (): void => this.#abort(job, 'The request was cancelled.');
      if (options.signal.aborted) return reject(abortError());
      options.signal.addEventListener('abort', cancel, { once: true });
      if (options.replaces !== undefined) this.#replace(options.replaces);
      this.#waiting[options.lane ?? 'foreground'].push(job);
      void this.#next();
    });
  }

  /** Rejects everything that waits and cancels what runs. */
  clear(why: string): void {
    for (const job of [...this.#waiting.foreground, ...this.#waiting.background]) this.#abort(job, why);
    if (this.#running) this.#abort(this.#running, why);
  }

  #replace(name: string): void {
    const all = [...this.#waiting.foreground, ...this.#waiting.background, ...(this.#running ? [this.#running] : [])];
    for (const job of all) if (job.options.replaces === name) this.#abort(job, OVERTAKEN);
  }

  #abort(job: Job, why: string): void {
    const reason = abortError(why);
    job.controller.abort(reason);
    // The caller hears at once; work that runs ends at its next check, and its late answer meets a settled promise.
    job.reject(reason);
    for (const lane of Object.values(this.#waiting)) {
      const at = lane.indexOf(job);
      if (at >= 0) lane.splice(at, 1);
    }
  }

  async #next(): Promise<void> {
    if (this.#running) return;
    const job = this.#waiting.foreground.shift() ?? this.#waiting.background.shift();
    if (!job) return;
    this.#running = job;
    await job.start();
    this.#running = null;
    void this.#next();
  }
}
