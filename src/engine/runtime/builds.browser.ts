/**
 * The builds of onnxruntime-web and which provider each is for. The one for WebGPU can do WASM too, but is twice the
 * download: where WebGPU is not even tried, the plain one is enough.
 */
import cpuGlue from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url';
import cpuWasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import gpuGlue from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url';
import gpuWasm from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import type { Provider } from '../api.ts';
import type { Ort } from '../platform.ts';
import { WASM_BYTES } from './bytes.ts';

export interface Build {
  /** Addresses of the WASM file and of the script that starts it. */
  readonly wasm: string;
  readonly glue: string;
  /** Length of the WASM file. */
  readonly bytes: number;
  load(): Promise<Ort>;
}

export const BUILDS: Readonly<Record<Provider, Build>> = {
  webgpu: { wasm: gpuWasm, glue: gpuGlue, bytes: WASM_BYTES.webgpu, load: () => import('onnxruntime-web/webgpu') },
  wasm: { wasm: cpuWasm, glue: cpuGlue, bytes: WASM_BYTES.wasm, load: () => import('onnxruntime-web/wasm') },
};
