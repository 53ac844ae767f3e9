/** Spans of a request: stage name to milliseconds, in the order in which they first ran. */
import type { Timings } from './api.ts';

export class Timer {
  readonly #spans = new Map<string, number>();

  /** Runs the work and adds its time to the stage; a stage that runs twice is added up. */
  async span<T>(stage: string, work: () => T | Promise<T>): Promise<T> {
    const start = performance.now();
    try {
      return await work();
    } finally {
      // In the browser's own trace too; one of a name is kept, so that the buffer does not grow.
      performance.clearMeasures(`xdecoder:${stage}`);
      performance.measure(`xdecoder:${stage}`, { start });
      this.#spans.set(stage, (this.#spans.get(stage) ?? 0) + performance.now() - start);
    }
  }

  /** Time that was spent on this stage before the request came. */
  add(stage: string, ms: number): void {
    this.#spans.set(stage, (this.#spans.get(stage) ?? 0) + ms);
  }

  report(): Timings {
    return Object.fromEntries([...this.#spans].map(([stage, ms]) => [stage, Math.round(ms * 10) / 10]));
  }
}
