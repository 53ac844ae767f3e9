/**
 * Sessions of one variant on one provider: made one after the other when first wanted, all on the same device.
 *
 * Callers are inside the job queue, so nothing here overlaps.
 */
import type { Provider } from './api.ts';
import { asEngineError, EngineError } from './errors.ts';
import type { GraphEntry, Variant } from './pack/schema.ts';
import type { HostTensor } from './picture/inputs.ts';
import type { Ort, Session, SessionOptions, Tensor } from './platform.ts';
import type { PackFiles } from './weights/pack-files.ts';

export type Feeds = Readonly<Record<string, Tensor>>;

/** Outputs that stay on the GPU because the next graph reads them there; all others come back. */
const STAYS: Readonly<Record<string, (output: string) => boolean>> = {
  image: (output) => output !== 'image_embedding',
  caption_prefill: (output) => output.startsWith('query_'),
  caption_step: (output) => output !== 'logits',
};

export class Sessions {
  readonly #ort: Ort;
  readonly #files: PackFiles;
  readonly #variant: Variant;
  readonly #provider: Provider;
  readonly #device: GPUDevice | null;
  readonly #made = new Map<string, Session>();
  /** Times each graph ran. */
  readonly runs: Record<string, number> = {};

  constructor(ort: Ort, files: PackFiles, variant: Variant, provider: Provider, device: GPUDevice | null) {
    this.#ort = ort;
    this.#files = files;
    this.#variant = variant;
    this.#provider = provider;
    this.#device = device;
  }

  has(role: string): boolean {
    return this.#variant.graphs[role] !== undefined;
  }

  tensor(host: HostTensor): Tensor {
    return host.data instanceof Int32Array
      ? new this.#ort.Tensor('int32', host.data, host.dims)
      : new this.#ort.Tensor('float32', host.data, host.dims);
  }

  /** Runs a graph on those feeds that it declares. The caller owns the outputs and disposes them. */
  async run(role: string, feeds: Feeds): Promise<Record<string, Tensor>> {
    const session = await this.#session(role);
    const wanted: Record<string, Tensor> = {};
    for (const name of session.inputNames) {
      const tensor = feeds[name];
      if (!tensor) throw new EngineError('internal', `The graph "${role}" wants an input "${name}" that nobody makes.`);
      wanted[name] = tensor;
    }
    try {
      const outputs = await session.run(wanted);
      this.runs[role] = (this.runs[role] ?? 0) + 1;
      return { ...outputs };
    } catch (cause) {
      throw asEngineError(cause, 'graph-failed', `The graph "${role}" failed on ${this.#provider}`);
    }
  }

  /** Every graph's session: from then on no file of the pack is needed. */
  async makeAll(): Promise<void> {
    for (const role of Object.keys(this.#variant.graphs)) await this.#session(role);
  }

  async release(): Promise<void> {
    const sessions = [...this.#made.values()];
    this.#made.clear();
    // A session of a lost device may refuse; it is gone either way.
    for (const session of sessions) await session.release().catch(() => undefined);
    this.#device?.destroy();
  }

  async #session(role: string): Promise<Session> {
    const known = this.#made.get(role);
    if (known) return known;
    const entry = this.#variant.graphs[role];
    if (!entry) throw new EngineError('task-unavailable', `This pack has no graph "${role}".`);
    const [bytes, externalData] = [await this.#files.bytes(entry.file), await this.#external(entry)];
    try {
      const session = await this.#ort.InferenceSession.create(bytes, { ...this.#options(role, entry), externalData });
      this.#made.set(role, session);
      return session;
    } catch (cause) {
      throw asEngineError(cause, 'session-failed', `The graph ${entry.file} could not be loaded on ${this.#provider}`);
    }
  }

  async #external(entry: GraphEntry): Promise<{ path: string; data: Uint8Array }[]> {
    const out = [];
    for (const { path, file } of entry.external) out.push({ path, data: await this.#files.bytes(file) });
    return out;
  }

  #options(role: string, entry: GraphEntry): SessionOptions {
    const common: SessionOptions = { logSeverityLevel: 3, graphOptimizationLevel: 'all' };
    if (!this.#device) return { ...common, executionProviders: ['wasm'] };
    const stays = STAYS[role] ?? (() => false);
    return {
      ...common,
      executionProviders: [{ name: 'webgpu', device: this.#device }],
      preferredOutputLocation: Object.fromEntries(entry.outputs.map(({ name }) => [name, stays(name) ? 'gpu-buffer' : 'cpu'] as const)),
    };
  }
}

export async function floats(tensor: Tensor): Promise<Float32Array> {
  const data = await tensor.getData();
  if (data instanceof Float32Array) return data;
  throw new EngineError('graph-failed', `The graph answered with ${tensor.type} numbers where float32 was expected.`);
}

export function disposeAll(tensors: Readonly<Record<string, Tensor>>): void {
  for (const tensor of Object.values(tensors)) tensor.dispose();
}

/** Bytes of a float32 or int32 tensor, wherever it lies. */
export const tensorBytes = (tensor: Tensor): number => tensor.dims.reduce((n, d) => n * d, 4);
