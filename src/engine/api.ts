/**
 * The engine's public interface. Worker half, main-thread half, command line and tests hold this one type.
 *
 * Masks and label maps are row-major, at `size` of the result, which spans the whole picture.
 */
import type { EngineError } from './errors.ts';
import type { TaskId, TaskInputs, TaskOutputs } from '../tasks/types.ts';

export type PictureId = string & { readonly __brand: 'PictureId' };

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Where a pack comes from. A URL points at its manifest.json; files are keyed by their path inside the pack. */
export type PackSource =
  | { readonly kind: 'url'; readonly manifest: string }
  | { readonly kind: 'files'; readonly name: string; readonly files: ReadonlyMap<string, Blob> };

export type Provider = 'webgpu' | 'wasm';

/** What a person is told about the device: the choice, and why each better one was left. */
export interface DeviceReport {
  readonly provider: Provider;
  readonly variant: string;
  readonly precision: string;
  readonly threads: number;
  /** e.g. "google swiftshader"; empty on WASM. */
  readonly adapter: string;
  /** One sentence for people: why this provider and not another. */
  readonly reason: string;
  /** Largest relative error of the pack's probe on this provider. */
  readonly probeError: number;
}

export interface LoadReport {
  readonly name: string;
  readonly title: string;
  readonly license: string;
  readonly device: DeviceReport;
  readonly tasks: Readonly<Record<TaskId, { available: true } | { available: false; reason: string }>>;
  readonly presets: readonly Preset[];
  readonly defaultPreset: string;
  readonly totalBytes: number;
  readonly downloadedBytes: number;
  /** Latent queries, the image query included: the app shows them as part of each task's query combination. */
  readonly queries: number;
}

export interface Preset {
  readonly id: string;
  readonly title: string;
  readonly names: readonly string[];
  readonly isThing: readonly boolean[];
  readonly colors: readonly (readonly [number, number, number])[];
}

/** A list of names to look for. Names found in a preset reuse its stored embeddings; only new words run the text encoder. */
export interface Vocabulary {
  readonly names: readonly string[];
  /** Per name; names without a flag count as things. */
  readonly isThing?: readonly boolean[];
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
  /** Bytes of the whole pack's chosen variant; `done` never decreases within a load. */
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
}

export interface Engine {
  /** Reads only the manifest: what would be downloaded, before anything is. */
  describe(source: PackSource, options: RunOptions): Promise<PackSummary>;
  load(source: PackSource, options: RunOptions): Promise<LoadReport>;
  /** Decodes and keeps a picture. Nothing is inferred until a task asks. */
  open(picture: Blob, options: RunOptions): Promise<OpenedPicture>;
  run<T extends TaskId>(task: T, picture: PictureId, input: TaskInputs[T], options: RunOptions): Promise<TaskRun<T>>;
  close(picture: PictureId): Promise<void>;
  inspect(): Promise<EngineState>;
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

export type { EngineError };
