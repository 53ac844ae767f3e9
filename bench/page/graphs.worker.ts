/** Single graphs on made-up inputs, with the builds of the runtime that the engine uses. */
import type { InferenceSession, Tensor } from 'onnxruntime-web';
import type { Ort } from '../../src/engine/platform.ts';
import { BUILDS } from '../../src/engine/runtime/builds.browser.ts';
import type { Input, Spec } from '../lib/runner.ts';
import type { GraphRequest, Start } from './main.ts';
import { type Profile, readProfile } from './profile.ts';

const sessions = new Map<string, { readonly session: InferenceSession; readonly feeds: Record<string, Tensor> }>();
let ort: Ort;
let provider: Start['provider'] = 'wasm';

function feed({ type, dims, top }: Input): Tensor {
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

/** The runtime prints its profile; it takes hold of the console when it starts. */
const printed: string[] = [];
const print = console.log.bind(console);
console.log = (...words: unknown[]): void => {
  if (typeof words[0] === 'string' && words[0].startsWith('{"cat"')) printed.push(words[0]);
  else print(...words);
};

async function open(key: string, { url, external, inputs }: Spec, enableProfiling = false): Promise<void> {
  const externalData = [];
  for (const file of external) externalData.push({ path: file.path, data: await bytes(file.url) });
  const session = await ort.InferenceSession.create(await bytes(url), { executionProviders: [provider], externalData, logSeverityLevel: 3, graphOptimizationLevel: 'all', enableProfiling });
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

async function profile(key: string, spec: Spec, rounds: number): Promise<Profile> {
  printed.length = 0;
  await open(key, spec, true);
  for (let round = 0; round <= rounds; round++) await run(key);
  sessions.get(key)?.session.endProfiling();
  await close(key);
  return readProfile(printed, 6);
}

async function close(key: string): Promise<void> {
  await sessions.get(key)?.session.release();
  sessions.delete(key);
}

async function answer(request: GraphRequest | Start): Promise<number | Profile> {
  if (request.op === 'start') {
    const { wasm, glue, load } = BUILDS[request.build];
    ort = await load();
    ort.env.wasm.wasmPaths = { wasm, mjs: glue };
    ort.env.wasm.numThreads = request.threads;
    ort.env.logLevel = 'error';
    provider = request.provider;
    return 0;
  }
  if (request.op === 'open') await open(request.key, request.spec);
  else if (request.op === 'run') return run(request.key);
  else if (request.op === 'profile') return profile(request.key, request.spec, request.rounds);
  else await close(request.key);
  return 0;
}

self.addEventListener('message', ({ data: [id, request] }: MessageEvent<[number, GraphRequest | Start]>) => {
  answer(request).then(
    (value) => self.postMessage([id, value, '']),
    (error: unknown) => self.postMessage([id, 0, error instanceof Error ? error.message : String(error)]),
  );
});
