/** What the benchmark can ask of a page: single graphs, and the engine as anyone would use it. */
import { createEngine, type Engine, type EngineOptions, type LoadReport, type OpenedPicture, type TaskId, type TaskInputs } from '../../src/engine/index.ts';
import { regionAt } from '../../src/store/hit.ts';
import type { Spec } from '../lib/runner.ts';
import type { Profile } from './profile.ts';

export interface Start {
  readonly op: 'start';
  readonly provider: 'wasm' | 'webgpu';
  /** The runtime made for this provider; the one for WebGPU can do both. */
  readonly build: 'wasm' | 'webgpu';
  readonly threads: number;
}
export type GraphRequest =
  | { readonly op: 'open'; readonly key: string; readonly spec: Spec }
  | { readonly op: 'profile'; readonly key: string; readonly spec: Spec; readonly rounds: number }
  | { readonly op: 'run' | 'close'; readonly key: string };

export interface Timed {
  /** As the page waited. */
  readonly ms: number;
  readonly timings: Readonly<Record<string, number>>;
  readonly graphs: readonly string[];
}

let worker: Worker | null = null;
let serial = 0;
const waiting = new Map<number, (answer: [unknown, string]) => void>();

function ask(request: GraphRequest | Start): Promise<unknown> {
  const id = ++serial;
  return new Promise((resolve, reject) => {
    waiting.set(id, ([value, error]) => (error ? reject(new RangeError(error)) : resolve(value)));
    worker?.postMessage([id, request]);
  });
}

let engine: Engine | null = null;
let picture: OpenedPicture | null = null;
const signal = new AbortController().signal;

const made = (): Engine => {
  if (!engine) throw new RangeError('no engine');
  return engine;
};
const opened = (): OpenedPicture => {
  if (!picture) throw new RangeError('no picture');
  return picture;
};

const bench = {
  async startGraphs(provider: Start['provider'], threads: number, build: Start['build']): Promise<void> {
    worker = new Worker(new URL('./graphs.worker.ts', import.meta.url), { type: 'module' });
    worker.addEventListener('message', ({ data: [id, value, error] }: MessageEvent<[number, unknown, string]>) => {
      waiting.get(id)?.([value, error]);
      waiting.delete(id);
    });
    await ask({ op: 'start', provider, build, threads });
  },
  async graphs(request: Exclude<GraphRequest, { readonly op: 'profile' }>): Promise<number> {
    return Number(await ask(request));
  },
  async profile(spec: Spec, rounds: number): Promise<Profile> {
    return (await ask({ op: 'profile', key: 'profile', spec, rounds })) as Profile;
  },
  async load(manifest: string, options: EngineOptions): Promise<LoadReport> {
    engine?.dispose();
    engine = createEngine(options);
    return engine.load({ kind: 'url', manifest }, { signal });
  },
  /** A photo scaled to cover width x height, as a PNG file of its own. */
  async open(url: string, width: number, height: number): Promise<{ ms: number; timings: Readonly<Record<string, number>> }> {
    const bitmap = await createImageBitmap(await (await fetch(url)).blob());
    const canvas = new OffscreenCanvas(width, height);
    canvas.getContext('2d')?.drawImage(bitmap, 0, 0, width, height);
    const file = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.95 });
    if (picture) await made().close(picture.id);
    const start = performance.now();
    picture = await made().open(file, { signal });
    return { ms: performance.now() - start, timings: picture.timings };
  },
  /** @param json the task's input */
  async runTask(task: TaskId, json: string): Promise<Timed> {
    const input = JSON.parse(json) as TaskInputs[typeof task];
    const start = performance.now();
    const { timings, graphs } = await made().run(task, opened().id, input, { signal });
    return { ms: performance.now() - start, timings, graphs };
  },
  /** Milliseconds of finding the region under the pointer, once. */
  hover(): number {
    const { width, height } = opened().size;
    const ids = Uint16Array.from({ length: width * height }, (_, i) => i % 20);
    const regions = { ids, size: { width, height }, count: 20 };
    const rounds = 100_000;
    let found = 0;
    const start = performance.now();
    for (let i = 0; i < rounds; i++) found += regionAt(regions, { width, height }, { x: (i * 7919) % width, y: (i * 104729) % height }) ?? 0;
    const spent = performance.now() - start;
    return found > 0 ? spent / rounds : NaN;
  },
};

export type Bench = typeof bench;

declare global {
  interface Window {
    readonly bench: Bench;
  }
}

Object.defineProperty(window, 'bench', { value: bench });
