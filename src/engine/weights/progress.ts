/** One figure for a whole load: bytes done of a total, and the rate over the last seconds. `done` never decreases. */
import type { Progress } from '../api.ts';

const WINDOW_MS = 4000;
/** Reports closer together than this are left out, except the last. */
const QUIET_MS = 80;

export class ByteProgress {
  readonly #report: (progress: Progress) => void;
  readonly #now: () => number;
  readonly #recent: { at: number; bytes: number }[] = [];
  #stage: Progress['stage'] = 'manifest';
  #done = 0;
  #total = 0;
  #last = -Infinity;
  /** Bytes that came over the network or were read from the person's files, repeats included. */
  downloaded = 0;

  constructor(report: (progress: Progress) => void, now: () => number = () => performance.now()) {
    this.#report = report;
    this.#now = now;
  }

  stage(stage: Progress['stage']): void {
    this.#stage = stage;
    this.#emit(true);
  }

  /** Sets what the whole load weighs; grows when a fallback variant needs more files. */
  expect(total: number): void {
    this.#total = Math.max(this.#total, total, this.#done);
    this.#emit(true);
  }

  /** Verified bytes: from the network or from the store. */
  add(bytes: number): void {
    this.#done = Math.min(this.#total, this.#done + bytes);
    this.#emit(this.#done === this.#total);
  }

  /** Bytes that just arrived, before they are verified: only the rate sees them. */
  arrived(bytes: number): void {
    this.downloaded += bytes;
    this.#recent.push({ at: this.#now(), bytes });
    this.#emit(false);
  }

  #rate(now: number): number {
    while (this.#recent[0] && now - this.#recent[0].at > WINDOW_MS) this.#recent.shift();
    const first = this.#recent[0];
    if (!first || now - first.at < 200) return 0;
    return this.#recent.reduce((sum, r) => sum + r.bytes, 0) / ((now - first.at) / 1000);
  }

  #emit(always: boolean): void {
    const now = this.#now();
    if (!always && now - this.#last < QUIET_MS) return;
    this.#last = now;
    this.#report({ stage: this.#stage, done: this.#done, total: this.#total, rate: this.#rate(now) });
  }
}
