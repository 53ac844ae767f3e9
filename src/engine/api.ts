/**
 * The engine's public interface. Worker half, main-thread half, command line and tests hold this one type.
 *
 * Masks and label maps are row-major, at `size` of the result, which spans the whole picture.
 */
import type { Size } from '../masks/types.ts';
import type { TaskId, TaskInputs, TaskOutputs } from '../tasks/types.ts';

export type { Box, Size } from '../masks/types.ts';
export type { TaskId, TaskInputs, TaskOutputs, Vocabulary } from '../tasks/types.ts';
export type { EngineError } from './errors.ts';

export type PictureId = string & { readonly __brand: 'PictureId' };

/**
 * Where a pack comes from. A URL points at its manifest.json; files are keyed by their path inside the pack; an archive is
 * a ZIP of such files. `packFromFiles` and `packFromUrl` make one of what a person gave. A dropped pack that was loaded
 * once is kept under its name, and loads again as that without its files.
 */
export type PackSource =
  | { readonly kind: 'url'; readonly manifest: string }
  | { readonly kind: 'files'; readonly name: string; readonly files: ReadonlyMap<string, Blob> }
  | { readonly kind: 'zip'; readonly name: string; readonly archive: Blob }
  | { readonly kind: 'kept'; readonly name: string };

export type Provider = 'webgpu' | 'wasm';

/** What a person is told about the device: the choice, and why each better one was left. */
export interface DeviceReport {
  readonly provider: Provider;
  readonly variant: string;
  readonly precision: string;
  readonly threads: number;
  /** e.g. "google swiftshader"; empty on WASM. */
  readonly adapter: string;
  /** Version and file of the runtime, e.g. "onnxruntime-web 1.30.0 (ort-wasm-simd-threaded.wasm)". */
  readonly runtime: string;
  /** One sentence for people: why this provider and not another. */
  readonly reason: string;
  /** Largest relative error of the pack's probe on this provider. */
  readonly probeError: number;
  /** The self-check an output: how far this provider's numbers are from those of PyTorch that the exporter stored. */
  readonly probe: readonly ProbeCheck[];
}

export interface ProbeCheck {
  /** Graph and output, e.g. "base.masks". */
  readonly output: string;
  readonly error: number;
  readonly allowed: number;
}

export type TaskAvailability = { readonly available: true } | { readonly available: false; readonly reason: string };

export interface LoadReport {
  readonly name: string;
  /** SHA-256 of the manifest, which holds the hashes of everything else: two packs that differ in anything differ here. */
  readonly packHash: string;
  readonly title: string;
  readonly license: string;
  readonly device: DeviceReport;
  readonly tasks: Readonly<Record<TaskId, TaskAvailability>>;
  readonly presets: readonly Preset[];
  readonly defaultPreset: string;
  readonly totalBytes: number;
  readonly downloadedBytes: number;
  /** Latent queries, the image query included: the app shows them as part of each task's query combination. */
  readonly queries: number;
  /** Numbers in an embedding. */
  readonly dim: number;
  /** SHA-256 of the checkpoint that the pack was exported from, and by which exporter: names the model in a report. */
  readonly checkpoint: string;
  readonly generatedBy: string;
  /** Where the weights are kept: 'memory' when the browser refused storage, so the next visit downloads again. */
  readonly storage: 'disk' | 'memory';
}

export interface Preset {
  readonly id: string;
  readonly title: string;
  readonly names: readonly string[];
  readonly isThing: readonly boolean[];
  readonly colors: readonly (readonly [number, number, number])[];
}

export interface OpenedPicture {
  readonly id: PictureId;
  /** Size of the picture after EXIF orientation. */
  readonly size: Size;
  readonly format: string;
  readonly timings: Timings;
}

/** Stage name to milliseconds, in the order in which the stages ran. */
export type Timings = Readonly<Record<string, number>>;

export type Progress = {
  readonly stage: 'manifest' | 'download' | 'session' | 'probe';
  /** Bytes of the runtime and the pack's chosen variant together; `done` never decreases within a load. */
  readonly done: number;
  readonly total: number;
  /** Bytes a second over the last seconds; 0 when unknown. */
  readonly rate: number;
};

export type EngineEvent =
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'device'; readonly device: DeviceReport }
  | { readonly type: 'lost'; readonly reason: string; readonly recovering: boolean };

export interface RunOptions {
  /** Aborting rejects with AbortError; work stops at the next graph or word. */
  readonly signal: AbortSignal;
}

/**
 * Who a task's run competes with. Within 'foreground' (the default) the newest wins: an older one still waiting or
 * running rejects with AbortError. 'background' runs wait for the foreground and are done one after the other.
 */
export type Lane = 'foreground' | 'background';

export interface TaskOptions extends RunOptions {
  readonly lane?: Lane;
  /** Called with a caption as far as it has come. */
  readonly onWords?: (text: string) => void;
}

/** How an engine is made. Everything has a default. */
export interface EngineOptions {
  /** Providers to try, in this order; by default WebGPU, then WASM. */
  readonly providers?: readonly Provider[];
  /** The only variant to try, by its id in the manifest; by default each in the manifest's order. */
  readonly variant?: string;
  /** WASM threads; by default the cores, four at most, where the page is cross-origin isolated, else one. */
  readonly threads?: number;
  /** Bytes that the features of opened pictures may take. */
  readonly featureBudget?: number;
}

export interface TaskRun<T extends TaskId> {
  readonly task: T;
  readonly output: TaskOutputs[T];
  readonly timings: Timings;
  /** Graphs that ran for this request, in order: lets tests and the app show what was *not* done. */
  readonly graphs: readonly string[];
}

export interface PackSummary {
  readonly name: string;
  readonly title: string;
  readonly license: string;
  /** Bytes of the variant that this machine would load. */
  readonly bytes: number;
  /** Bytes of it that are already stored on this machine. */
  readonly cachedBytes: number;
  /** The same of the runtime that it would run on: fetched once, whatever pack comes next. */
  readonly runtime: { readonly bytes: number; readonly cachedBytes: number };
}

export interface StorageReport {
  /** Bytes of weights kept on this machine, of all packs. */
  readonly bytes: number;
  readonly kind: 'disk' | 'memory';
}

export interface Engine {
  /** Reads only the manifest: what would be downloaded, before anything is. */
  describe(source: PackSource, options: RunOptions): Promise<PackSummary>;
  load(source: PackSource, options: RunOptions): Promise<LoadReport>;
  /** Decodes and keeps a picture. Nothing is inferred until a task asks. */
  open(picture: Blob, options: RunOptions): Promise<OpenedPicture>;
  run<T extends TaskId>(task: T, picture: PictureId, input: TaskInputs[T], options: TaskOptions): Promise<TaskRun<T>>;
  /** Normalised embedding of a sentence: its dot product with a picture's retrieval embedding is their score. */
  embedText(text: string, options: RunOptions): Promise<Float32Array>;
  close(picture: PictureId): Promise<void>;
  inspect(): Promise<EngineState>;
  storage(): Promise<StorageReport>;
  /** Removes what is kept of a pack, or of all. A pack that is loaded goes on working and is fetched again when next loaded. */
  forget(source: PackSource | null, options: RunOptions): Promise<void>;
  subscribe(listener: (event: EngineEvent) => void): () => void;
  dispose(): void;
}

export interface EngineState {
  readonly device: DeviceReport | null;
  readonly pictures: number;
  readonly featureBytes: number;
  readonly featureBudget: number;
  readonly graphRuns: Readonly<Record<string, number>>;
}
