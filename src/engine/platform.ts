/** What the engine needs from its host: a browser's worker or Node. Everything else is the same code. */
import type * as runtime from 'onnxruntime-web';
import type { PictureDecoder } from './picture/decode.ts';
import type { ChunkStore } from './weights/store.ts';

/** The parts of onnxruntime-web that are used; the host chooses the bundle and where its wasm lies. */
export type Ort = Pick<typeof runtime, 'InferenceSession' | 'Tensor' | 'env'>;
export type Tensor = runtime.Tensor;
export type Session = runtime.InferenceSession;
export type SessionOptions = runtime.InferenceSession.SessionOptions;

export interface Platform {
  readonly ort: Ort;
  readonly decode: PictureDecoder;
  readonly store: ChunkStore;
  readonly fetch: typeof fetch;
  /** Absent where there is no WebGPU. */
  readonly gpu: GPU | undefined;
  /** WASM threads that the host allows: 1 where shared memory is not allowed. */
  readonly threads: number;
}
