/**
 * The page's engine: the same pictures under the same ids, whichever engine computes behind it. Another device means
 * another engine; the one before goes on until the new one is ready, so that a device that can't run the model costs nothing.
 */
import type { Engine, EngineEvent, EngineOptions, EngineState, LoadReport, OpenedPicture, PackSource, PackSummary, PictureId, RunOptions, StorageReport, TaskOptions, TaskRun } from '../engine/api.ts';
import { EngineError, throwIfAborted } from '../engine/errors.ts';
import type { TaskId, TaskInputs } from '../tasks/types.ts';

export type MakeEngine = (options: EngineOptions) => Engine;

interface Opened {
  readonly file: Blob;
  /** Its id in the engine that computes now; null when its file could not be read again there. */
  readonly inner: PictureId | null;
}

export class PageEngine implements Engine {
  readonly #make: MakeEngine;
  readonly #listeners = new Set<(event: EngineEvent) => void>();
  readonly #opened = new Map<PictureId, Opened>();
  #inner: Engine;
  #serial = 0;

  constructor(make: MakeEngine, options: EngineOptions) {
    this.#make = make;
    this.#inner = this.#listenedTo(make(options));
  }

  /**
   * Changes to an engine made with other options: the pack is loaded there and every picture opened again.
   *
   * @param source the pack; null while none was loaded
   * @throws EngineError, or AbortError when cancelled: the engine before then goes on
   */
  async change(options: EngineOptions, source: PackSource | null, { signal }: RunOptions): Promise<LoadReport | null> {
    const next = this.#listenedTo(this.#make(options));
    try {
      const report = source && (await next.load(source, { signal }));
      // Others may be opened while these are: goes on until all are there.
      const moved = new Map<PictureId, PictureId | null>();
      for (let left = this.#missing(moved); left.length > 0; left = this.#missing(moved)) {
        for (const [id, { file }] of left) moved.set(id, await reopened(next, file, signal));
      }
      throwIfAborted(signal);
      for (const [id, inner] of moved) {
        const opened = this.#opened.get(id);
        if (opened) this.#opened.set(id, { ...opened, inner });
      }
      const before = this.#inner;
      this.#inner = next;
      before.dispose();
      return report;
    } catch (error) {
      next.dispose();
      throw error;
    }
  }

  describe(source: PackSource, options: RunOptions): Promise<PackSummary> {
    return this.#asked((engine) => engine.describe(source, options));
  }

  load(source: PackSource, options: RunOptions): Promise<LoadReport> {
    return this.#asked((engine) => engine.load(source, options));
  }

  async open(file: Blob, options: RunOptions): Promise<OpenedPicture> {
    return this.#asked(async (engine) => {
      const opened = await engine.open(file, options);
      if (engine !== this.#inner) throw new EngineError('disposed', 'Another engine computes now.');
      const id = `${opened.id}.${++this.#serial}` as PictureId;
      this.#opened.set(id, { file, inner: opened.id });
      return { ...opened, id };
    });
  }

  run<T extends TaskId>(task: T, picture: PictureId, input: TaskInputs[T], options: TaskOptions): Promise<TaskRun<T>> {
    return this.#asked((engine) => {
      const opened = this.#opened.get(picture);
      if (!opened) throw new EngineError('picture-unknown', 'This picture is not open any more.');
      if (opened.inner === null) throw new EngineError('picture-unknown', 'The file of this picture has changed or can’t be read any more.');
      return engine.run(task, opened.inner, input, options);
    });
  }

  embedText(text: string, options: RunOptions): Promise<Float32Array> {
    return this.#asked((engine) => engine.embedText(text, options));
  }

  async close(picture: PictureId): Promise<void> {
    const opened = this.#opened.get(picture);
    this.#opened.delete(picture);
    if (opened && opened.inner !== null) await this.#inner.close(opened.inner);
  }

  inspect(): Promise<EngineState> {
    return this.#asked((engine) => engine.inspect());
  }

  storage(): Promise<StorageReport> {
    return this.#asked((engine) => engine.storage());
  }

  forget(source: PackSource | null, options: RunOptions): Promise<void> {
    return this.#asked((engine) => engine.forget(source, options));
  }

  subscribe(listener: (event: EngineEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  dispose(): void {
    this.#inner.dispose();
    this.#listeners.clear();
    this.#opened.clear();
  }

  #missing(moved: ReadonlyMap<PictureId, PictureId | null>): [PictureId, Opened][] {
    return [...this.#opened].filter(([id]) => !moved.has(id));
  }

  #listenedTo(engine: Engine): Engine {
    engine.subscribe((event) => {
      for (const listener of this.#listeners) listener(event);
    });
    return engine;
  }

  /** What an engine leaves behind when another takes its place is asked of the other. */
  async #asked<T>(ask: (engine: Engine) => Promise<T>): Promise<T> {
    const engine = this.#inner;
    try {
      return await ask(engine);
    } catch (error) {
      if (engine === this.#inner || !(error instanceof EngineError) || error.code !== 'disposed') throw error;
      return this.#asked(ask);
    }
  }
}

/** Null for a file that has changed on the disk, or is gone: one picture does not hold back the others. */
async function reopened(engine: Engine, file: Blob, signal: AbortSignal): Promise<PictureId | null> {
  try {
    return (await engine.open(file, { signal })).id;
  } catch (error) {
    if (error instanceof EngineError && error.stage === 'decode') return null;
    throw error;
  }
}
