/** A pack at work: its sessions on the chosen device, its tokenizer, presets and what its tasks can do. */
import type { DeviceReport, LoadReport, Preset, Provider, TaskAvailability } from './api.ts';
import { breathe } from './breathe.ts';
import { type Candidate, type Choice } from './device/candidates.ts';
import { openDevice } from './device/gpu.ts';
import { asEngineError, EngineError, isAbort, type Stage, throwIfAborted } from './errors.ts';
import { check, fileEntries, parseJson, totalBytes } from './pack/manifest.ts';
import { readPresets } from './pack/presets.ts';
import { furthestOff, runProbe } from './pack/probe.ts';
import { readQueryBank } from './pack/query-bank.ts';
import { AnswersSchema, type Manifest, ProbeSchema } from './pack/schema.ts';
import type { Platform } from './platform.ts';
import { floats, Sessions } from './sessions.ts';
import { TextEncoder } from './text/encoder.ts';
import { PackTokenizer } from './text/tokenizer.ts';
import type { QueryBank } from '../tasks/retrieval.ts';
import { perTask } from '../tasks/table.ts';
import type { TaskId } from '../tasks/types.ts';
import type { PackFiles } from './weights/pack-files.ts';
import type { ByteProgress } from './weights/progress.ts';

export interface LoadedPack {
  readonly manifest: Manifest;
  readonly files: PackFiles;
  readonly sessions: Sessions;
  readonly text: TextEncoder;
  readonly tokenizer: PackTokenizer;
  readonly presets: readonly Preset[];
  /** Answers of the question graph, by index; empty where the pack has none. */
  readonly answers: readonly string[];
  readonly queryBank: QueryBank | null;
  readonly device: DeviceReport;
  /** Resolves when the graphics device is lost; never on WASM. */
  readonly lost: Promise<string>;
}

/** Failures of the pack itself: another provider would meet them too. */
const OF_THE_PACK: ReadonlySet<Stage> = new Set(['manifest', 'download']);

/** Tries the candidates in order until one computes the probe rightly. @throws EngineError of the last one */
export async function startPack(platform: Platform, manifest: Manifest, files: PackFiles, choice: Choice, threads: number, progress: ByteProgress, signal: AbortSignal): Promise<LoadedPack> {
  const passedOver = [...choice.passedOver];
  let last = new EngineError('no-device', `No provider can run this pack: ${passedOver.join('; ') || 'it has no variant for this machine'}.`);
  for (const candidate of choice.candidates) {
    throwIfAborted(signal);
    try {
      return await start(platform, manifest, files, candidate, threads, passedOver, progress, signal);
    } catch (error) {
      if (isAbort(error)) throw error;
      last = asEngineError(error, 'session-failed', 'The model could not be started');
      if (OF_THE_PACK.has(last.stage)) throw last;
      if (NOT_STARTED.test(last.message)) platform.runtimes.broken(candidate.provider);
      passedOver.push(`${name(candidate)} was left: ${last.message.replace(/\.$/, '')}`);
    }
  }
  throw last;
}

/** What onnxruntime says, and goes on saying, when its WASM file or the script beside it could not be had or run. */
const NOT_STARTED = /no available backend|initWasm|failed to asynchronously prepare wasm|both async and sync fetching/i;

const PROVIDERS: Record<Provider, string> = { webgpu: 'WebGPU', wasm: 'WASM' };
const name = (c: Candidate): string => `${PROVIDERS[c.provider]}${c.provider === 'webgpu' && c.subgroups ? ' with subgroups' : ''}`;

async function start(platform: Platform, manifest: Manifest, files: PackFiles, candidate: Candidate, threads: number, passedOver: readonly string[], progress: ByteProgress, signal: AbortSignal): Promise<LoadedPack> {
  const { variant, provider, gpu } = candidate;
  progress.stage('download');
  const entries = fileEntries(manifest, variant);
  progress.expect((await platform.runtimes.weight(provider)).bytes + totalBytes(entries));
  const { ort, label } = await platform.runtimes.load(provider, progress, signal);
  ort.env.wasm.numThreads = threads;
  ort.env.logLevel = 'error';
  await files.ensure(entries, progress, signal);
  const device = gpu && platform.gpu ? await openDevice(platform.gpu, gpu, variant.requires, candidate.subgroups) : null;
  const sessions = new Sessions(ort, files, variant, provider, device);
  try {
    const tokenizer = new PackTokenizer(parseJson(await files.text(manifest.tokenizer.file), manifest.tokenizer.file, 'file-altered'), manifest.tokenizer);
    const presets = await readPresets(manifest, files);
    const answers = manifest.answers ? check(AnswersSchema, parseJson(await files.text(manifest.answers), manifest.answers, 'file-altered'), manifest.answers) : [];
    const bank = await readQueryBank(manifest, files);
    const probe = check(ProbeSchema, parseJson(await files.text(manifest.probe), manifest.probe, 'file-altered'), manifest.probe);
    progress.stage('session');
    throwIfAborted(signal);
    progress.stage('probe');
    const checks = await runProbe(sessions, manifest, probe, variant.meanTolerance);
    // Whoever cancelled meanwhile has been told so: the pack before stays. Sessions on WASM leave no room for a message.
    await breathe();
    throwIfAborted(signal);
    const text = new TextEncoder(async (ids, rows, length) => encode(sessions, ids, rows, length), tokenizer, manifest);
    for (const { preset, embeddings } of presets) text.learn([...preset.names, manifest.text.background], embeddings);
    const report: DeviceReport = {
      provider,
      variant: variant.id,
      precision: variant.precision,
      threads: provider === 'wasm' ? threads : 1,
      adapter: gpu?.label ?? '',
      runtime: label,
      reason: reason(candidate, threads, passedOver),
      probeError: furthestOff(checks)?.error ?? 0,
      probe: checks,
    };
    const lost = device ? device.lost.then((info) => info.message || info.reason) : new Promise<string>(() => undefined);
    return { manifest, files, sessions, text, tokenizer, presets: order(manifest, presets.map((p) => p.preset)), answers, queryBank: bank, device: report, lost };
  } catch (error) {
    await sessions.release();
    throw error;
  } finally {
    files.forget();
  }
}

function reason(candidate: Candidate, threads: number, passedOver: readonly string[]): string {
  const what = candidate.provider === 'wasm' ? `WASM with ${threads} thread${threads === 1 ? '' : 's'}` : `${name(candidate)} on ${candidate.gpu?.label ?? ''}`;
  return `${what}${passedOver.length > 0 ? `, because ${passedOver.join('; ')}` : ''}; the self-check passed.`;
}

/** As the manifest lists them. */
const order = (manifest: Manifest, presets: readonly Preset[]): Preset[] =>
  manifest.presets.flatMap((entry) => presets.filter((p) => p.id === entry.id));

async function encode(sessions: Sessions, ids: Int32Array, rows: number, length: number): Promise<Float32Array> {
  const outputs = await sessions.run('text', { input_ids: sessions.tensor({ data: ids, dims: [rows, length] }) });
  const tokens = outputs['tokens'];
  if (!tokens) throw new EngineError('graph-failed', 'The text graph gave no tokens.');
  const data = await floats(tokens);
  tokens.dispose();
  return data;
}

/** Whether a pack can do a task, or why not. */
export function availability(manifest: Manifest, task: TaskId): TaskAvailability {
  const entry = manifest.tasks[task];
  if (!entry) return { available: false, reason: `The pack "${manifest.title}" was made without this task.` };
  if (!entry.available) return { available: false, reason: entry.reason };
  const missing = entry.graphs.find((role) => manifest.variants.some((variant) => !variant.graphs[role]));
  return missing ? { available: false, reason: `The pack "${manifest.title}" has no graph "${missing}".` } : { available: true };
}

export function loadReport(pack: LoadedPack, packHash: string, bytes: number, downloadedBytes: number, storage: LoadReport['storage']): LoadReport {
  const { manifest } = pack;
  return {
    name: manifest.name,
    packHash,
    title: manifest.title,
    license: manifest.license,
    device: pack.device,
    tasks: perTask((task) => availability(manifest, task)),
    presets: pack.presets,
    defaultPreset: manifest.defaultPreset,
    totalBytes: bytes,
    downloadedBytes,
    queries: manifest.model.queries,
    dim: manifest.model.dim,
    checkpoint: manifest.source?.sha256 ?? '',
    generatedBy: manifest.generatedBy,
    storage,
  };
}
