/**
 * The page's half: the same Engine, with the work done in a worker.
 *
 * It keeps what is needed to go on after a crash: the pack's source and the pictures' files. A worker that dies is
 * started again once, loads the pack (from storage), opens the pictures and repeats the request that was running; when
 * that fails too, the error says so, and the next worker is started by the next request: one that dies of being started
 * must not go round in circles. A minute without a crash counts as recovered.
 */
import type { Engine, EngineEvent, EngineOptions, EngineState, LoadReport, OpenedPicture, PackSource, PackSummary, PictureId, RunOptions, StorageReport, TaskOptions, TaskRun } from './api.ts';
import { EngineError } from './errors.ts';
import type { AnyRun } from './protocol.ts';
import type { TaskId, TaskInputs } from '../tasks/types.ts';
import { Wire, type WorkerLike } from './wire.ts';

export interface ClientHost {
  spawn(): WorkerLike;
  /** Formats that a worker can't decode (SVG) as one that it can; others as they are. */
  convert(picture: Blob): Promise<Blob>;
  /** A name for a worker to live under, and when it is gone; null where the browser can't tell. */
  lifeline(): Lifeline | null;
  /** Whether a service worker answers for this page, and so for a worker that starts now. */
  served(): boolean;
}

export interface Lifeline {
  readonly name: string;
  /** Call once the worker lives. Resolves when it ended, even without a word. */
  gone(): Promise<void>;
}

const QUIET_MS = 60_000;

export class EngineClient implements Engine {
  readonly #host: ClientHost;
  readonly #options: EngineOptions;
  readonly #listeners = new Set<(event: EngineEvent) => void>();
  readonly #blobs = new Map<PictureId, Blob>();
  /** The page's id of a picture to the worker's: they differ after a restart. */
  readonly #inWorker = new Map<PictureId, PictureId>();
  #source: PackSource | null = null;
  /** Null when the last worker was given up. */
  #wire: Wire | null;
  #crashedAt = -Infinity;
  #restart: Promise<void> | null = null;
  #repeats = false;
  #disposed = false;

  constructor(host: ClientHost, options: EngineOptions) {
    this.#host = host;
    this.#options = options;
    this.#wire = this.#connect();
  }

  describe(source: PackSource, { signal }: RunOptions): Promise<PackSummary> {
    return this.#surviving(signal, () => this.#reach().call('describe', { source: absolute(source) }, signal));
  }

  async load(source: PackSource, { signal }: RunOptions): Promise<LoadReport> {
    const report = await this.#surviving(signal, () => this.#reach().call('load', { source: absolute(source) }, signal));
    this.#source = source;
    return report;
  }

  async open(picture: Blob, { signal }: RunOptions): Promise<OpenedPicture> {
    const blob = await this.#host.convert(picture);
    const opened = await this.#surviving(signal, () => this.#reach().call('open', { picture: blob }, signal));
    const id = this.#freshId(opened.id);
    this.#blobs.set(id, blob);
    this.#inWorker.set(id, opened.id);
    return { ...opened, id };
  }

  async run<T extends TaskId>(task: T, picture: PictureId, input: TaskInputs[T], { signal, lane = 'foreground', onWords }: TaskOptions): Promise<TaskRun<T>> {
    const run = await this.#surviving(signal, () => {
      const inWorker = this.#inWorker.get(picture);
      if (!inWorker) throw new EngineError('picture-unknown', 'This picture is not open any more.');
      return this.#reach().call('run', { task, picture: inWorker, input, lane }, signal, onWords);
    });
    if (!isRunOf(run, task)) throw new EngineError('internal', `The worker answered "${task}" with "${run.task}".`);
    return run;
  }

  embedText(text: string, { signal }: RunOptions): Promise<Float32Array> {
    return this.#surviving(signal, () => this.#reach().call('embedText', { text }, signal));
  }

  async close(picture: PictureId): Promise<void> {
    const inWorker = this.#inWorker.get(picture);
    this.#blobs.delete(picture);
    this.#inWorker.delete(picture);
    if (inWorker) await this.#wire?.call('close', { picture: inWorker }, new AbortController().signal);
  }

  async storage(): Promise<StorageReport> {
    return this.#reach().call('storage', {}, new AbortController().signal);
  }

  async forget(source: PackSource | null, { signal }: RunOptions): Promise<void> {
    await this.#surviving(signal, () => this.#reach().call('forget', { source: source && absolute(source) }, signal));
  }

  async inspect(): Promise<EngineState> {
    return this.#reach().call('inspect', {}, new AbortController().signal);
  }

  subscribe(listener: (event: EngineEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  dispose(): void {
    this.#disposed = true;
    this.#wire?.close(new EngineError('disposed', 'The engine was closed.'));
    this.#listeners.clear();
    this.#blobs.clear();
  }

  /** Waits for a restart in progress; repeats the work once when the worker died under it. */
  async #surviving<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    this.#reach();
    // Only then: what is asked at once reaches the worker before the page lays out what it shows meanwhile.
    if (this.#restart) await this.#restart;
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof EngineError && error.code === 'worker-crashed') || signal.aborted || !this.#repeats) throw error;
      await this.#restart;
      return work();
    }
  }

  #connect(): Wire {
    const wire = new Wire(this.#host.spawn(), { onEvent: (event) => this.#emit(event), onCrash: (reason) => this.#onCrash(reason) });
    const lifeline = this.#host.lifeline();
    wire.call('start', { options: this.#options, life: lifeline?.name ?? null, served: this.#host.served() }, new AbortController().signal)
      .then(() => lifeline?.gone().then(() => wire.crash('it ended without a word')))
      // Its failure is the crash of the worker, which is heard separately.
      .catch(() => undefined);
    return wire;
  }

  #onCrash(reason: string): void {
    const now = performance.now();
    const again = now - this.#crashedAt > QUIET_MS && !this.#disposed;
    this.#crashedAt = now;
    this.#emit({ type: 'lost', reason: `The worker that computes stopped: ${reason}.`, recovering: again });
    if (this.#disposed) return;
    this.#wire = null;
    this.#restart = null;
    this.#repeats = again;
    if (again) this.#revive();
  }

  /** @throws EngineError disposed: a closed engine starts no worker again */
  #reach(): Wire {
    if (this.#disposed) throw new EngineError('disposed', 'The engine was closed.');
    return this.#wire ?? this.#revive();
  }

  /** A fresh worker, which is given what the last one had. */
  #revive(): Wire {
    const wire = this.#connect();
    this.#wire = wire;
    const restart = this.#restore(wire);
    this.#restart = restart;
    restart.catch(() => undefined).finally(() => {
      if (this.#restart === restart) this.#restart = null;
    });
    return wire;
  }

  async #restore(wire: Wire): Promise<void> {
    const signal = new AbortController().signal;
    // The ids of the worker before mean other pictures in this one, or none.
    this.#inWorker.clear();
    try {
      if (this.#source) await wire.call('load', { source: absolute(this.#source) }, signal);
    } catch (error) {
      // A worker without the pack would refuse everything: the next request starts another.
      if (this.#wire === wire) this.#wire = null;
      wire.close(error);
      throw error;
    }
    for (const [id, picture] of this.#blobs) {
      const opened = await wire.call('open', { picture }, signal).catch((error: unknown) => {
        if (error instanceof EngineError && error.code === 'worker-crashed') throw error;
        return null; // its file can't be read any more: who asks about it is told to open it again
      });
      if (!opened) continue;
      if (this.#blobs.has(id)) this.#inWorker.set(id, opened.id);
      else await wire.call('close', { picture: opened.id }, signal); // closed meanwhile
    }
  }

  /** After a restart the worker counts from one again: ids given to the page must not repeat. */
  #freshId(id: PictureId): PictureId {
    let fresh = id;
    while (this.#blobs.has(fresh)) fresh = suffixed(fresh);
    return fresh;
  }

  #emit(event: EngineEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

const isSuffixed = (id: string): id is PictureId => id.endsWith("'");
function suffixed(id: PictureId): PictureId {
  const next = `${id}'`;
  return isSuffixed(next) ? next : id;
}

/** A worker has another base address than the page. */
function absolute(source: PackSource): PackSource {
  return source.kind === 'url' ? { kind: 'url', manifest: new URL(source.manifest, globalThis.location?.href).href } : source;
}

function isRunOf<T extends TaskId>(run: AnyRun, task: T): run is TaskRun<T> {
  return run.task === task;
}
