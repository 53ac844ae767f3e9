import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { WASM_BYTES } from './bytes.ts';

const size = (file: string): number => statSync(createRequire(import.meta.url).resolve(`onnxruntime-web/${file}`)).size;

it('the download is announced with the weight of the files that are installed', () => {
  expect(WASM_BYTES).toEqual({ webgpu: size('ort-wasm-simd-threaded.asyncify.wasm'), wasm: size('ort-wasm-simd-threaded.wasm') });
});
