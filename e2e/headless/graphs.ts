/** Every graph of a pack by itself, with made-up inputs, on two providers: how far apart, and what ran on the CPU. */
import * as ort from 'onnxruntime-web/webgpu';
import mjsUrl from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url';
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import { EngineError } from '../../src/engine/errors.ts';
import { check, parseJson } from '../../src/engine/pack/manifest.ts';
import { type GraphEntry, type Manifest, ManifestSchema } from '../../src/engine/pack/schema.ts';

/** Lengths of the dynamic axes: a 64 x 96 picture. */
const AXES: Readonly<Record<string, number>> = {
  height: 64, width: 96, h_mask: 16, w_mask: 24, h0: 2, w0: 3, h1: 4, w1: 6, h2: 8, w2: 12, n0: 6, n1: 24, n2: 96, tokens: 5, texts: 2, points: 9, past: 3,
};

export interface GraphAgreement {
  readonly graph: string;
  /** Largest |a - b| / (1 + |b|) of all outputs. */
  readonly error: number;
  readonly outputs: number;
}

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
      const top = name === 'sign' ? 2 : name === 'position' ? 4 : manifest.model.vocabulary;
      return [name, new ort.Tensor('int32', Int32Array.from({ length: count }, () => Math.floor((next() + 0.5) * top)), dims)];
    }
    return [name, new ort.Tensor('float32', Float32Array.from({ length: count }, () => 2 * next()), dims)];
  }));
}

export async function compareGraphs(folder: string): Promise<GraphAgreement[]> {
  const text = await (await fetch(`${folder}/manifest.json`)).text();
  const manifest = check(ManifestSchema, parseJson(text, 'manifest.json', 'manifest-not-json'), 'manifest.json');
  const graphs = manifest.variants[0]?.graphs ?? {};
  const adapter = await navigator.gpu.requestAdapter();
  if (!adapter) throw new EngineError('no-device', 'WebGPU found no adapter.');
  const device = await adapter.requestDevice();
  ort.env.wasm.wasmPaths = { wasm: wasmUrl, mjs: mjsUrl };
  ort.env.logLevel = 'verbose';
  ort.env.wasm.numThreads = 1;
  const found: GraphAgreement[] = [];
  for (const [graph, entry] of Object.entries(graphs)) {
    const inputs = feeds(entry, manifest);
    const externalData = await Promise.all(entry.external.map(async ({ path, file }) => ({ path, data: new Uint8Array(await (await fetch(`${folder}/${file}`)).arrayBuffer()) })));
    const bytes = new Uint8Array(await (await fetch(`${folder}/${entry.file}`)).arrayBuffer());
    const run = async (executionProviders: readonly ort.InferenceSession.ExecutionProviderConfig[]): Promise<Map<string, Float32Array>> => {
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
    let error = 0;
    for (const [name, wanted] of cpu) {
      const given = gpu.get(name);
      wanted.forEach((b, i) => {
        const e = Math.abs((given?.[i] ?? NaN) - b) / (1 + Math.abs(b));
        if (!(e <= error)) error = e;
      });
    }
    found.push({ graph, error, outputs: cpu.size });
  }
  return found;
}
