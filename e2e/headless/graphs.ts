/** Every graph of a pack by itself, on two providers: how far apart, from each other or from PyTorch, and what ran on the CPU. */
import * as ort from 'onnxruntime-web/webgpu';
import mjsUrl from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url';
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import { EngineError } from '../../src/engine/errors.ts';
import { check, parseJson } from '../../src/engine/pack/manifest.ts';
import { type GraphEntry, type Manifest, ManifestSchema } from '../../src/engine/pack/schema.ts';

/** Lengths of the dynamic axes: a 64 x 96 picture, and three sentences that go on from two. */
const AXES: Readonly<Record<string, number>> = {
  height: 64, width: 96, h_mask: 16, w_mask: 24, h0: 2, w0: 3, h1: 4, w1: 6, h2: 8, w2: 12, n0: 6, n1: 24, n2: 96, tokens: 5, texts: 2, points: 9, past: 3, kept: 2, sentences: 3,
};

/** Integers lie below these: marks inside or outside, positions of words, sentences that are kept; others are words. */
const TOPS: Readonly<Record<string, number>> = { sign: 2, position: 4, parents: 2 };

interface Stored {
  readonly type: 'float32' | 'int32';
  readonly dims: readonly number[];
  /** Little-endian numbers in base 64. */
  readonly data: string;
}

/** Inputs of a graph and PyTorch's outputs, as `python -m xdecoder.run.graphs` writes them. */
export interface GraphCase {
  readonly inputs: Readonly<Record<string, Stored>>;
  readonly outputs: Readonly<Record<string, Stored>>;
}

/** Errors are the largest |a - b| / (1 + |b|) of all outputs. */
export interface GraphAgreement {
  readonly graph: string;
  readonly outputs: number;
  /** WebGPU against WASM. */
  readonly error: number;
  /** Each against PyTorch, where its numbers were given. */
  readonly beside: { readonly wasm: number; readonly webgpu: number } | null;
}

type Values = ReadonlyMap<string, Float32Array>;

function noise(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 16807) % 2147483647) / 2147483647 - 0.5;
}

function feeds(entry: GraphEntry, manifest: Manifest): Record<string, ort.Tensor> {
  const next = noise(20261);
  return Object.fromEntries(entry.inputs.map(({ name, type, shape }) => {
    const dims = shape.map((d) => (typeof d === 'number' ? d : (AXES[d] ?? NaN)));
    const count = dims.reduce((a, b) => a * b, 1);
    if (type === 'int32') {
      const top = TOPS[name] ?? manifest.model.vocabulary;
      return [name, new ort.Tensor('int32', Int32Array.from({ length: count }, () => Math.floor((next() + 0.5) * top)), dims)];
    }
    return [name, new ort.Tensor('float32', Float32Array.from({ length: count }, () => 2 * next()), dims)];
  }));
}

const bytesOf = ({ data }: Stored): ArrayBuffer => Uint8Array.from(atob(data), (c) => c.charCodeAt(0)).buffer;

const restored = (inputs: GraphCase['inputs']): Record<string, ort.Tensor> =>
  Object.fromEntries(Object.entries(inputs).map(([name, stored]) => [
    name,
    stored.type === 'int32' ? new ort.Tensor('int32', new Int32Array(bytesOf(stored)), stored.dims) : new ort.Tensor('float32', new Float32Array(bytesOf(stored)), stored.dims),
  ]));

function furthest(given: Values, wanted: Values): number {
  let error = 0;
  for (const [name, values] of wanted) {
    const mine = given.get(name);
    if (mine?.length !== values.length) return Infinity;
    values.forEach((b, i) => {
      const e = Math.abs((mine[i] as number) - b) / (1 + Math.abs(b));
      if (!(e <= error)) error = e;
    });
  }
  return error;
}

/**
 * @param variant of the pack, else its first
 * @param given file with inputs and PyTorch's outputs of every graph; made-up inputs without it
 */
export async function compareGraphs(folder: string, variant?: string, given?: string): Promise<GraphAgreement[]> {
  const text = await (await fetch(`${folder}/manifest.json`)).text();
  const manifest = check(ManifestSchema, parseJson(text, 'manifest.json', 'manifest-not-json'), 'manifest.json');
  const chosen = variant === undefined ? manifest.variants[0] : manifest.variants.find(({ id }) => id === variant);
  if (!chosen) throw new Error(`${folder} has no variant ${variant ?? ''}.`);
  const cases = given === undefined ? null : ((await (await fetch(given)).json()) as { readonly graphs: Readonly<Record<string, GraphCase>> }).graphs;
  const adapter = await navigator.gpu.requestAdapter();
  if (!adapter) throw new EngineError('no-device', 'WebGPU found no adapter.');
  const device = await adapter.requestDevice();
  ort.env.wasm.wasmPaths = { wasm: wasmUrl, mjs: mjsUrl };
  ort.env.logLevel = 'verbose';
  ort.env.wasm.numThreads = 1;
  const found: GraphAgreement[] = [];
  for (const [graph, entry] of Object.entries(chosen.graphs)) {
    const known = cases?.[graph];
    if (cases && !known) throw new Error(`PyTorch's numbers of the graph ${graph} are missing.`);
    const inputs = known ? restored(known.inputs) : feeds(entry, manifest);
    const externalData = await Promise.all(entry.external.map(async ({ path, file }) => ({ path, data: new Uint8Array(await (await fetch(`${folder}/${file}`)).arrayBuffer()) })));
    const bytes = new Uint8Array(await (await fetch(`${folder}/${entry.file}`)).arrayBuffer());
    const run = async (executionProviders: readonly ort.InferenceSession.ExecutionProviderConfig[]): Promise<Values> => {
      const session = await ort.InferenceSession.create(bytes.slice(), { executionProviders, externalData, logSeverityLevel: 0 });
      const outputs = await session.run(Object.fromEntries(session.inputNames.flatMap((name) => (inputs[name] ? [[name, inputs[name]]] : []))));
      const values = new Map<string, Float32Array>();
      for (const [name, tensor] of Object.entries(outputs)) values.set(name, Float32Array.from((await tensor.getData()) as Float32Array));
      await session.release();
      return values;
    };
    console.log(`graph ${graph} on webgpu`);
    const gpu = await run([{ name: 'webgpu', device }]);
    console.log(`graph ${graph} on wasm`);
    const cpu = await run(['wasm']);
    const wanted = known && new Map(Object.entries(known.outputs).map(([name, stored]) => [name, new Float32Array(bytesOf(stored))]));
    const beside = wanted ? { wasm: furthest(cpu, wanted), webgpu: furthest(gpu, wanted) } : null;
    found.push({ graph, outputs: cpu.size, error: furthest(gpu, cpu), beside });
  }
  return found;
}
