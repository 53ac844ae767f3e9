/**
 * The engine itself, on the thread that computes: in a worker behind `client.ts`, or directly in Node.
 *
 * Everything that touches the runtime goes through one queue. A lost graphics device is opened again and the request
 * repeated; twice lost, the pack moves to WASM.
 */
import type {
  Engine, EngineEvent, EngineOptions, EngineState, LoadReport, OpenedPicture, PackSource, PackSummary, PictureId, Provider, RunOptions, StorageReport, TaskOptions, TaskRun,
} from './api.ts';
import { candidatesFor, firstCandidate } from './device/candidates.ts';
import { asEngineError, EngineError, isAbort, throwIfAborted } from './errors.ts';
import { FeatureCache } from './features.ts';
import { availability, type LoadedPack, loadReport, startPack } from './loaded.ts';
import { fileEntries, parseManifest, totalBytes } from './pack/manifest.ts';
import type { Manifest } from './pack/schema.ts';
import { Shelf } from './picture/shelf.ts';
import type { Platform } from './platform.ts';
import { JobQueue } from './queue.ts';
import { PictureSteps } from './steps.ts';
import { TASKS } from '../tasks/table.ts';
import type { TaskId, TaskInputs } from '../tasks/types.ts';
import { Timer } from './timing.ts';
import { type ByteSource, byteSource } from './weights/source.ts';
import { sha256 } from './weights/sha256.ts';
import { PackFiles } from './weights/pack-files.ts';
import { ByteProgress } from './weights/progress.ts';

const FEATURE_BUDGET = 256 * 1024 * 1024;
/** More threads than this gave nothing on small graphs and take memory. */
const MAX_THREADS = 4;
/** After a picture was opened: by then the first task has asked for it, and its answer has mostly been drawn, which this would hold up. */
const SETTLE_MS = 1500;
/** A device that is lost this often within an hour is not asked again: a machine that slept may lose it now and then. */
const MAX_LOSSES = 2;
const LOSSES_MS = 3_600_000;

export class EngineCore implements Engine {
  readonly #platform: Platform;
  readonly #options: EngineOptions;
  readonly #threads: number;
  readonly #queue = new JobQueue();
  readonly #shelf: Shelf;
  readonly #features: FeatureCache;
  readonly #listeners = new Set<(event: EngineEvent) => void>();
  #pack: LoadedPack | null = null;
  #source: PackSource | null = null;
  /** Name of its manifest in the store. */
  #manifest: string | null = null;
  #lost = false;
  #losses: readonly number[] = [];
  #pictures = 0;
  #disposed = false;

  constructor(platform: Platform, options: EngineOptions = {}) {
    this.#platform = platform;
    this.#options = options;
    this.#threads = Math.max(1, Math.min(options.threads ?? MAX_THREADS, platform.threads));
    this.#shelf = new Shelf(platform.decode);
    this.#features = new FeatureCache(options.featureBudget ?? FEATURE_BUDGET);
  }

  async describe(source: PackSource, { signal }: RunOptions): Promise<PackSummary> {
    const { bytes, manifest } = await this.#read(source, signal);
    const first = await firstCandidate(manifest, this.#platform.gpu, this.#options);
    const files = first ? fileEntries(manifest, first.variant) : [];
    const packFiles = new PackFiles(bytes, files, this.#platform.store);
    const { name, title, license } = manifest;
    const runtime = await this.#platform.runtimes.weight(first?.provider ?? 'wasm');
    return { name, title, license, bytes: totalBytes(files), cachedBytes: await packFiles.stored(files), runtime };
  }

  load(source: PackSource, { signal }: RunOptions): Promise<LoadReport> {
    return this.#queue.add((inner) => this.#load(source, this.#options.providers, inner), { signal, replaces: 'load' });
  }

  /** Decoding touches no session, so it does not wait for a run to end. */
  async open(picture: Blob, { signal }: RunOptions): Promise<OpenedPicture> {
    this.#assertAlive();
    const timer = new Timer();
    const id = pictureId(++this.#pictures);
    try {
      const opened = await this.#shelf.open(id, picture, this.#pack?.manifest ?? null, timer);
      if (signal.aborted) this.#shelf.close(id);
      signal.throwIfAborted();
      this.#settleSoon();
      return { ...opened, timings: timer.report() };
    } catch (error) {
      if (isAbort(error)) throw error;
      throw asEngineError(error, 'picture-damaged', 'The picture could not be read', { stage: 'decode' });
    }
  }

  run<T extends TaskId>(task: T, picture: PictureId, input: TaskInputs[T], options: TaskOptions): Promise<TaskRun<T>> {
    const { signal, lane = 'foreground', onWords = () => undefined } = options;
    const replaces = lane === 'foreground' ? { replaces: 'run' } : {};
    return this.#queue.add((inner) => this.#surviving(() => this.#run(task, picture, input, onWords, inner), inner), { signal, lane, ...replaces });
  }

  embedText(text: string, { signal }: RunOptions): Promise<Float32Array> {
    return this.#queue.add((inner) => this.#surviving(async () => {
      if (!this.#pack) throw new EngineError('not-loaded', 'No model is loaded yet.');
      if (text.trim() === '') throw new EngineError('bad-input', 'The sentence is empty.');
      const { sentence } = await this.#pack.text.phrase(text.trim());
      return sentence.slice();
    }, inner), { signal });
  }

  close(picture: PictureId): Promise<void> {
    const signal = new AbortController().signal;
    return this.#queue.add(async () => {
      this.#shelf.close(picture);
      this.#features.dropPicture(`${picture} `);
    }, { signal });
  }

  async inspect(): Promise<EngineState> {
    return {
      device: this.#pack?.device ?? null,
      pictures: this.#shelf.count,
      featureBytes: this.#features.bytes,
      featureBudget: this.#features.budget,
      graphRuns: { ...this.#pack?.sessions.runs },
    };
  }

  async storage(): Promise<StorageReport> {
    const { store } = this.#platform;
    return { bytes: await store.bytes(), kind: store.kind };
  }

  async forget(source: PackSource | null, { signal }: RunOptions): Promise<void> {
    const { store } = this.#platform;
    this.#assertAlive();
    const bytes = source && (await byteSource(source, this.#platform.fetch, store));
    // The pack at work makes its sessions when they are first needed, from its files.
    if (!bytes || bytes.manifest === this.#manifest) await this.#queue.add(async () => this.#pack?.sessions.makeAll().finally(() => this.#pack?.files.forget()), { signal });
    if (!bytes) return store.clear();
    // A pack whose server is gone can be forgotten too: what is here of it is in its note.
    const text = (await store.note(bytes.manifest)) ?? (await bytes.manifestText(signal).catch(() => null));
    await store.dropNote(bytes.manifest);
    if (text !== null) await this.#dropChunks(text);
  }

  /** A newer pack at the same address: what only the one before had is of no use any more. */
  async #replaceNote(name: string, text: string): Promise<void> {
    const { store } = this.#platform;
    const before = await store.note(name);
    await store.keepNote(name, text);
    if (before !== null && before !== text) await this.#dropChunks(before);
  }

  /** Those that a manifest lists and no kept one does. */
  async #dropChunks(manifest: string): Promise<void> {
    const { store } = this.#platform;
    const others = hashesOf(await store.notes());
    for (const hash of hashesOf([manifest])) if (!others.has(hash)) await store.drop(hash);
  }

  subscribe(listener: (event: EngineEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  dispose(): void {
    this.#disposed = true;
    this.#queue.clear('The engine was closed.');
    this.#features.clear();
    this.#shelf.clear();
    this.#listeners.clear();
    void this.#pack?.sessions.release();
    this.#pack = null;
  }

  /** What other tasks will want of a picture is made when nobody waits for anything. */
  #settleSoon(): void {
    setTimeout(() => {
      const { signal } = new AbortController();
      // An engine that was closed meanwhile has let go of the pixels already.
      this.#queue.add(async () => this.#shelf.settle(this.#pack?.manifest ?? null), { signal, lane: 'background' }).catch(() => undefined);
    }, SETTLE_MS);
  }

  /** @param because clauses for the report's reason, before those that the choice finds */
  async #load(source: PackSource, providers: readonly Provider[] | undefined, signal: AbortSignal, because: readonly string[] = []): Promise<LoadReport> {
    const { store, gpu } = this.#platform;
    const progress = new ByteProgress((p) => this.#emit({ type: 'progress', progress: p }));
    progress.stage('manifest');
    const { bytes, manifest, text } = await this.#read(source, signal);
    const files = new PackFiles(bytes, manifest.files, store);
    const choice = await candidatesFor(manifest, gpu, { providers, variant: this.#options.variant });
    const passedOver = [...because, ...choice.passedOver];
    const pack = await startPack(this.#platform, manifest, files, { ...choice, passedOver }, this.#threads, progress, signal);
    // Only now is the old pack let go: a load that fails leaves it working.
    const old = this.#pack;
    this.#features.clear();
    this.#pack = pack;
    this.#source = source;
    this.#manifest = bytes.manifest;
    await this.#replaceNote(bytes.manifest, text);
    this.#lost = false;
    await old?.sessions.release();
    void pack.lost.then((why) => this.#onLost(pack, why));
    this.#emit({ type: 'device', device: pack.device });
    const variant = manifest.variants.find((v) => v.id === pack.device.variant);
    const total = totalBytes(variant ? fileEntries(manifest, variant) : manifest.files);
    return loadReport(pack, await sha256(new TextEncoder().encode(text)), total, progress.downloaded, store.kind);
  }

  async #run<T extends TaskId>(task: T, picture: PictureId, input: TaskInputs[T], onWords: (text: string) => void, signal: AbortSignal): Promise<TaskRun<T>> {
    const pack = this.#pack;
    if (!pack) throw new EngineError('not-loaded', 'No model is loaded yet.');
    const entry = pack.manifest.tasks[task];
    const able = availability(pack.manifest, task);
    if (!able.available || !entry?.available) throw new EngineError('task-unavailable', able.available ? 'The pack lacks this task.' : able.reason);
    const size = this.#shelf.sizeOf(picture);
    if (!size) throw new EngineError('picture-unknown', 'This picture is not open any more.');
    const wrong = TASKS[task].check(input, size);
    if (wrong) throw new EngineError('bad-input', wrong);
    const timer = new Timer();
    const steps = new PictureSteps({ pack, shelf: this.#shelf, features: this.#features }, picture, entry.size, timer, onWords, signal);
    try {
      const output = await TASKS[task].run(steps, input, entry.options);
      return { task, output, timings: timer.report(), graphs: steps.graphs };
    } catch (error) {
      if (isAbort(error)) throw error;
      throw asEngineError(error, 'graph-failed', `The task "${task}" failed`);
    } finally {
      pack.files.forget();
    }
  }

  /** Does the work, again on a new device when one was lost under it; ends, since WASM has none to lose. */
  async #surviving<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    for (;;) {
      if (this.#lost) await this.#reopen();
      throwIfAborted(signal);
      try {
        return await work();
      } catch (error) {
        if (isAbort(error)) throw error;
        // The loss is announced by a promise of its own, which may come a moment after the failure.
        await new Promise((resolve) => setTimeout(resolve, 50));
        if (!this.#lost) throw error;
      }
    }
  }

  /** Not to be cancelled with the request that met the loss: the next one needs the device as well. */
  async #reopen(): Promise<void> {
    const { signal } = new AbortController();
    if (!this.#source) throw new EngineError('device-lost', 'The graphics device was lost.');
    if (this.#losses.length < MAX_LOSSES) await this.#load(this.#source, this.#options.providers, signal);
    else await this.#load(this.#source, ['wasm'], signal, ['the graphics device was lost twice']);
  }

  #onLost(pack: LoadedPack, why: string): void {
    if (pack !== this.#pack || this.#disposed) return;
    this.#lost = true;
    const now = performance.now();
    this.#losses = [...this.#losses.filter((at) => now - at < LOSSES_MS), now];
    const next = this.#losses.length >= MAX_LOSSES ? 'the next request goes to WASM' : 'it is opened again for the next request';
    this.#emit({ type: 'lost', reason: `The graphics device was lost (${why}); ${next}.`, recovering: true });
  }

  async #read(source: PackSource, signal: AbortSignal): Promise<{ bytes: ByteSource; manifest: Manifest; text: string }> {
    this.#assertAlive();
    const bytes = await byteSource(source, this.#platform.fetch, this.#platform.store);
    const text = await bytes.manifestText(signal);
    return { bytes, manifest: parseManifest(text, bytes.manifest), text };
  }

  #assertAlive(): void {
    if (this.#disposed) throw new EngineError('disposed', 'The engine was closed.');
  }

  #emit(event: EngineEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

/** Chunks that kept manifests list: packs share what is alike in them. */
function hashesOf(manifests: readonly string[]): ReadonlySet<string> {
  return new Set(manifests.flatMap((text) => {
    try {
      return parseManifest(text, '').files.flatMap((file) => file.sha256);
    } catch {
      return []; // of another version: it will be fetched anew
    }
  }));
}

const pictureId = (n: number): PictureId => brand(`picture-${n}`);
/** The one place where a string becomes a PictureId. */
function brand(id: string): PictureId {
  if (!isPictureId(id)) throw new EngineError('internal', `"${id}" is no picture id.`);
  return id;
}
const isPictureId = (id: string): id is PictureId => id.startsWith('picture-');
