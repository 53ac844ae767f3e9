/** Single graphs on made-up inputs, with the runtime's build that the engine uses. */
import * as ort from 'onnxruntime-web/webgpu';
import mjsUrl from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url';
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import type { Input, Spec } from '../lib/runner.ts';
import type { GraphRequest, Start } from './main.ts';

const sessions = new Map<string, { readonly session: ort.InferenceSession; readonly feeds: Record<string, ort.Tensor> }>();
let provider: Start['provider'] = 'wasm';

function feed({ type, dims, top }: Input): ort.Tensor {
  const count = dims.reduce((a, b) => a * b, 1);
  return type === 'int32'
    ? new ort.Tensor('int32', Int32Array.from({ length: count }, () => Math.floor(Math.random() * top)), dims)
    : new ort.Tensor('float32', Float32Array.from({ length: count }, () => 2 * Math.random() - 1), dims);
}

const bytes = async (url: string): Promise<Uint8Array> => {
  const response = await fetch(url);
  if (!response.ok) throw new RangeError(`${url}: HTTP ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
};

async function open(key: string, { url, external, inputs }: Spec): Promise<void> {
  const externalData = [];
  for (const file of external) externalData.push({ path: file.path, data: await bytes(file.url) });
  const session = await ort.InferenceSession.create(await bytes(url), { executionProviders: [provider], externalData, logSeverityLevel: 3, graphOptimizationLevel: 'all' });
  const wanted = new Set(session.inputNames);
  sessions.set(key, { session, feeds: Object.fromEntries(inputs.filter((i) => wanted.has(i.name)).map((i) => [i.name, feed(i)])) });
}

async function run(key: string): Promise<number> {
  const known = sessions.get(key);
  if (!known) throw new RangeError(`no graph ${key}`);
  const start = performance.now();
  const outputs = await known.session.run(known.feeds);
  for (const tensor of Object.values(outputs)) await tensor.getData();
  const spent = performance.now() - start;
  for (const tensor of Object.values(outputs)) tensor.dispose();
  return spent;
}

async function answer(request: GraphRequest | Start): Promise<number> {
  if (request.op === 'start') {
    ort.env.wasm.wasmPaths = { wasm: wasmUrl, mjs: mjsUrl };
    ort.env.wasm.numThreads = request.threads;
    ort.env.logLevel = 'error';
    provider = request.provider;
    return 0;
  }
  if (request.op === 'open') await open(request.key, request.spec);
  else if (request.op === 'run') return run(request.key);
  else {
    await sessions.get(request.key)?.session.release();
    sessions.delete(request.key);
  }
  return 0;
}

self.addEventListener('message', ({ data: [id, request] }: MessageEvent<[number, GraphRequest | Start]>) => {
  answer(request).then(
    (value) => self.postMessage([id, value, '']),
    (error: unknown) => self.postMessage([id, 0, error instanceof Error ? error.message : String(error)]),
  );
});
