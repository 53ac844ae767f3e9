/**
 * An engine without a model, for states that the real one reaches seldom: slow loads, lost devices, failing runs.
 * It answers with fixed shapes, and with what the page's address tells it to do wrong.
 */
import type {
  DeviceReport, Engine, EngineEvent, EngineState, LoadReport, OpenedPicture, PackSummary, PictureId, Preset, RunOptions, TaskId, TaskInputs, TaskOptions, TaskRun,
} from '../../src/engine/api.ts';
import { abortError, EngineError, type ErrorCode } from '../../src/engine/errors.ts';
import { measureIds } from '../../src/masks/measure.ts';
import type { Box, Size } from '../../src/masks/types.ts';
import { sniff } from '../../src/engine/picture/sniff.ts';
import type { Segment } from '../../src/tasks/types.ts';
import { drawScene, SCENE } from './scene.ts';

export interface Faults {
  /** Milliseconds that a load takes. */
  readonly loadMs: number;
  readonly runMs: number;
  readonly cached: boolean;
  readonly failLoad: ErrorCode | null;
  /** Fails this many runs, then works. */
  failRuns: number;
  /** Score of every phrase. */
  readonly score: number;
  /** Regions of the scene: 'usual', 'none' or 'dense'. */
  readonly scene: 'usual' | 'none' | 'dense';
}

const TOTAL = 31_200_000;
const DEVICE: DeviceReport = {
  provider: 'wasm', variant: 'mock', precision: 'fp32', threads: 2, adapter: '', probeError: 3e-5,
  reason: 'The browser offers no WebGPU, so the model runs on the processor.',
};

const NAMES = ['building', 'tree', 'sky', 'person', 'lake', 'grass', 'boat', 'tower', 'path', 'lamp', ...Array.from({ length: 140 }, (_, i) => `name ${i + 11}`)];
const PRESETS: readonly Preset[] = [
  { id: 'ade150', title: 'ADE20K, 150 names', names: NAMES, isThing: NAMES.map((_, i) => i === 3 || i === 6 || i === 7 || i === 9), colors: NAMES.map((_, i) => [(i * 67) % 256, (i * 131) % 256, (i * 29) % 256]) },
  { id: 'coco133', title: 'COCO, 133 names', names: NAMES.slice(0, 133), isThing: NAMES.slice(0, 133).map(() => true), colors: NAMES.slice(0, 133).map(() => [120, 120, 120]) },
];

const wait = (ms: number, { signal }: RunOptions): Promise<void> =>
  new Promise((resolve, reject) => {
    if (signal.aborted) return reject(abortError());
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(abortError());
    }, { once: true });
  });

export class MockEngine implements Engine {
  readonly #faults: Faults;
  readonly #listeners = new Set<(event: EngineEvent) => void>();
  readonly #sizes = new Map<PictureId, Size>();
  readonly #read = new Set<PictureId>();
  readonly #runs: Record<string, number> = {};
  #loaded = false;

  constructor(faults: Faults) {
    this.#faults = faults;
  }

  async describe(): Promise<PackSummary> {
    const cachedBytes = this.#faults.cached ? TOTAL : 0;
    return { name: 'mock', title: 'X-Decoder small', license: 'none', bytes: TOTAL, cachedBytes };
  }

  async load(_: unknown, options: RunOptions): Promise<LoadReport> {
    const steps = 40;
    for (let i = 0; i <= steps; i++) {
      this.#emit({ type: 'progress', progress: { stage: i < steps ? 'download' : 'probe', done: (TOTAL * i) / steps, total: TOTAL, rate: TOTAL / (this.#faults.loadMs / 1000) } });
      await wait(this.#faults.loadMs / steps, options);
      if (this.#faults.failLoad && i === steps / 2) throw new EngineError(this.#faults.failLoad, 'The file decoder.bin differs from what the manifest describes.');
    }
    this.#loaded = true;
    return {
      name: 'mock', title: 'X-Decoder small', license: 'none', device: DEVICE, presets: PRESETS, defaultPreset: 'ade150', totalBytes: TOTAL,
      downloadedBytes: TOTAL, queries: 65, storage: 'disk',
      tasks: { semantic: { available: true }, panoptic: { available: true }, referring: { available: true } },
    };
  }

  async open(picture: Blob): Promise<OpenedPicture> {
    const format = sniff(new Uint8Array(await picture.slice(0, 512).arrayBuffer()));
    const bitmap = await createImageBitmap(picture);
    const id = `m${this.#sizes.size + 1}` as PictureId;
    const size = { width: bitmap.width, height: bitmap.height };
    this.#sizes.set(id, size);
    return { id, size, format, timings: { decode: 12.4 } };
  }

  async run<T extends TaskId>(task: T, picture: PictureId, input: TaskInputs[T], options: TaskOptions): Promise<TaskRun<T>> {
    if (!this.#loaded) throw new EngineError('not-loaded', 'No model is loaded yet.');
    await wait(this.#faults.runMs, options);
    if (this.#faults.failRuns-- > 0) throw new EngineError('graph-failed', 'The graph "base" stopped: out of shared memory.');
    const size = input.outputSize ?? this.#sizes.get(picture) ?? { width: 64, height: 64 };
    const fresh = !this.#read.has(picture);
    this.#read.add(picture);
    const graphs = [...(fresh ? ['image', 'base'] : []), ...(task === 'referring' ? ['text', 'ground'] : [])];
    for (const graph of graphs) this.#runs[graph] = (this.#runs[graph] ?? 0) + 1;
    const output = task === 'referring' ? this.#found(size) : this.#seen(size, input as TaskInputs['panoptic']);
    const timings = { ...(fresh ? { resize: 9.1, image: 412, base: 140 } : {}), ...(task === 'referring' ? { text: 11, ground: 96 } : {}), head: 38 };
    return { task, output, timings, graphs } as unknown as TaskRun<T>;
  }

  async close(picture: PictureId): Promise<void> {
    this.#sizes.delete(picture);
  }

  async inspect(): Promise<EngineState> {
    return { device: this.#loaded ? DEVICE : null, pictures: this.#sizes.size, featureBytes: 18_400_000, featureBudget: 268_435_456, graphRuns: { ...this.#runs } };
  }

  subscribe(listener: (event: EngineEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  dispose(): void {
    this.#listeners.clear();
  }

  #seen(size: Size, { vocabulary }: TaskInputs['panoptic']): { size: Size; ids: Uint16Array; segments: Segment[] } {
    const shapes = SCENE[this.#faults.scene];
    const ids = drawScene(size, shapes);
    const extents = measureIds(ids, size, shapes.length);
    const segments = shapes.map(({ label, score }, i): Segment => {
      const known = vocabulary.names.indexOf(label);
      const name = known >= 0 ? label : (vocabulary.names[0] ?? label);
      const extent = extents[i + 1] ?? { area: 0, bbox: [0, 0, 0, 0] as Box };
      const alternatives = [{ label: name, score }, { label: 'temple', score: (1 - score) * 0.6 }, { label: 'house', score: (1 - score) * 0.3 }];
      return { id: i + 1, label: name, labelIndex: Math.max(0, known), score, isThing: vocabulary.isThing?.[known] ?? true, ...extent, alternatives };
    });
    return { size, ids, segments: segments.filter((s) => s.area > 0) };
  }

  #found(size: Size) {
    const ids = drawScene(size, SCENE.usual);
    const mask = Uint8Array.from(ids, (id) => (id === 4 ? 1 : 0));
    const extent = measureIds(Uint16Array.from(mask), size, 1)[1] ?? { area: 0, bbox: [0, 0, 0, 0] as Box };
    return { size, mask, score: this.#faults.score, matches: this.#faults.score >= 0.5, ...extent, tokens: 6, truncated: false };
  }

  #emit(event: EngineEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
