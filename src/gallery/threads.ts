/**
 * The gallery's threads as one: vectors are dealt out among them, a query is asked of all and the answers merged. They are
 * started with the first need. Each keeps its own vectors, so nothing is shared and no special headers are needed.
 */
import { proxy, releaseProxy, transfer, wrap, type Remote } from 'comlink';
import { EngineError } from '../engine/errors.ts';
import type { IndexReport, RowBlock, RowDetails } from './parquet/read.ts';
import type { IndexMeta, IndexRow } from './parquet/schema.ts';
import type { IndexSource } from './parquet/source.ts';
import { merged, type Found } from './scan/best.ts';
import type { GalleryService, Outcome, SetName } from './service.ts';
import type { Digest } from './thumbnail.ts';

/** An index in the threads. */
export interface Opened {
  readonly report: IndexReport;
  readonly serial: number;
}

interface Thread {
  readonly worker: Worker;
  readonly service: Remote<GalleryService>;
}

/** Two halve the time of a search; more would take cores from the model. */
const MOST_THREADS = 2;

export class GalleryThreads {
  readonly #spawn: () => Worker;
  readonly #count: number;
  #threads: readonly Thread[] | null = null;
  #died: Promise<never> = new Promise(() => undefined);
  #indexes = 0;
  #opening: Promise<unknown> = Promise.resolve();
  /** Told when the threads are gone with all that they held; the next call starts others. */
  onDeath: () => void = () => undefined;

  constructor(spawn: () => Worker, cores: number) {
    this.#spawn = spawn;
    this.#count = Math.max(1, Math.min(MOST_THREADS, cores));
  }

  async reset(set: SetName, dim: number): Promise<void> {
    await this.#all(({ service }) => service.reset(set, dim));
  }

  async clear(set: SetName): Promise<void> {
    if (this.#threads) await this.#all(({ service }) => service.clear(set));
  }

  /** Rows of dim halves by id, all to one thread, by turns; the arrays are given away. */
  async add(set: SetName, ids: Uint32Array<ArrayBuffer>, halves: Uint16Array<ArrayBuffer>, turn = ids[0] ?? 0): Promise<void> {
    await this.#one(turn, ({ service }) => service.add(set, transfer(ids, [ids.buffer]), transfer(halves, [halves.buffer])));
  }

  async search(set: SetName, query: Float32Array, most: number): Promise<Found> {
    return merged(await this.#all(({ service }) => service.search(set, query, most)), most);
  }

  async exact(set: SetName, query: Float32Array, most: number): Promise<Found> {
    return merged(await this.#all(({ service }) => service.exact(set, query, most)), most);
  }

  async vector(set: SetName, id: number): Promise<Float32Array | null> {
    const all = await this.#all(({ service }) => service.vector(set, id));
    return all.find((vector) => vector !== null) ?? null;
  }

  /**
   * Reads the footers in every thread: each will read its own share of the groups. One index after the other, so that all
   * threads have the same. @throws EngineError, and then no index is open
   */
  async openIndex(source: IndexSource): Promise<Opened> {
    const opened = this.#opening.then(() => this.#openIndex(source, ++this.#indexes));
    this.#opening = opened.catch(() => undefined);
    return opened;
  }

  async #openIndex(source: IndexSource, serial: number): Promise<Opened> {
    const reports = await this.#all(({ service }) => service.openIndex(source, serial));
    try {
      const [report] = reports.map(value);
      return { report: report as IndexReport, serial };
    } catch (error) {
      await this.clear('index');
      throw error;
    }
  }

  /** Takes the vectors in, groups dealt out in turn; `onRows` hears how many more rows are there. Of an index that another has replaced, nothing. @throws EngineError */
  async loadIndex({ serial, report: { groups: { length: groups } } }: Opened, onRows: (rows: number) => void): Promise<void> {
    const heard = proxy(onRows);
    const done = await this.#all(({ service }, t, threads) => service.loadGroups(serial, Array.from({ length: groups }, (_, g) => g).filter((g) => g % threads === t), heard));
    for (const outcome of done) value(outcome);
  }

  async rows(group: number): Promise<RowBlock> {
    return value(await this.#one(group, ({ service }) => service.rows(group)));
  }

  async details(group: number, row: number): Promise<RowDetails> {
    return value(await this.#one(group, ({ service }) => service.details(group, row)));
  }

  async writeIndex(meta: IndexMeta, rows: readonly IndexRow[]): Promise<ArrayBuffer> {
    return value(await this.#one(0, ({ service }) => service.writeIndex(meta, rows)));
  }

  digest(id: number, file: Blob): Promise<Digest> {
    return this.#one(id, ({ service }) => service.digest(file));
  }

  dispose(): void {
    for (const { worker, service } of this.#threads ?? []) {
      service[releaseProxy]();
      worker.terminate();
    }
    this.#threads = null;
  }

  #started(): readonly Thread[] {
    if (this.#threads) return this.#threads;
    const threads = Array.from({ length: this.#count }, () => {
      const worker = this.#spawn();
      return { worker, service: wrap<GalleryService>(worker) };
    });
    // A worker that dies answers nothing more: whoever waits must hear of it.
    this.#died = new Promise((_, reject) => {
      for (const { worker } of threads) {
        worker.addEventListener('error', (event) => {
          reject(new EngineError('worker-crashed', `The gallery's worker stopped: ${event.message || 'it could not be started'}.`));
          if (this.#threads !== threads) return;
          for (const each of threads) each.worker.terminate();
          this.#threads = null;
          this.onDeath();
        });
      }
    });
    this.#died.catch(() => undefined);
    this.#threads = threads;
    return threads;
  }

  #all<T>(work: (thread: Thread, at: number, threads: number) => Promise<T>): Promise<T[]> {
    const threads = this.#started();
    return Promise.race([Promise.all(threads.map((thread, at) => work(thread, at, threads.length))), this.#died]);
  }

  #one<T>(key: number, work: (thread: Thread) => Promise<T>): Promise<T> {
    const threads = this.#started();
    return Promise.race([work(threads[key % threads.length] as Thread), this.#died]);
  }
}

function value<T>(outcome: Outcome<T>): T {
  if (outcome.error) throw EngineError.fromPlain(outcome.error);
  return outcome.value as T;
}
