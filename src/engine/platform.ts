/** What the engine needs from its host: a browser's worker or Node. Everything else is the same code. */
import type * as runtime from 'onnxruntime-web';
import type { Provider } from './api.ts';
import type { PictureDecoder } from './picture/decode.ts';
import type { ByteProgress } from './weights/progress.ts';
import type { ChunkStore } from './weights/store.ts';

/** The parts of onnxruntime-web that are used; the host chooses the bundle and where its wasm lies. */
export type Ort = Pick<typeof runtime, 'InferenceSession' | 'Tensor' | 'env'>;
export type Tensor = runtime.Tensor;
export type Session = runtime.InferenceSession;
export type SessionOptions = runtime.InferenceSession.SessionOptions;

/** onnxruntime-web, started as a provider needs it. */
export interface Runtime {
  readonly ort: Ort;
  /** Version and file, for people. */
  readonly label: string;
}

/** Bytes of something that is downloaded once. */
export interface Weight {
  readonly bytes: number;
  /** Of them already on this machine. */
  readonly cachedBytes: number;
}

/** Where runtimes come from: a page downloads and keeps them, Node has them installed. */
export interface Runtimes {
  weight(provider: Provider): Promise<Weight>;
  /** Adds its weight to the progress. @throws EngineError of stage download, AbortError */
  load(provider: Provider, progress: ByteProgress, signal: AbortSignal): Promise<Runtime>;
  /** The runtime that was loaded for it did not start: another build may. */
  broken(provider: Provider): void;
}

export interface Platform {
  readonly runtimes: Runtimes;
  readonly decode: PictureDecoder;
  readonly store: ChunkStore;
  readonly fetch: typeof fetch;
  /** Absent where there is no WebGPU. */
  readonly gpu: GPU | undefined;
  /** WASM threads that the host allows: 1 where shared memory is not allowed. */
  readonly threads: number;
}
