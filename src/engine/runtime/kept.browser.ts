/**
 * The runtime in a browser: as large as a small pack, so its bytes belong on the same bar, and it is kept like a pack's.
 *
 * Where a service worker answers for the page it answers with what is kept here, and the browser compiles that as it
 * comes and remembers the machine code. Elsewhere the bytes are handed over, or they would be downloaded a second time.
 */
import type { Provider } from '../api.ts';
import { EngineError, isAbort } from '../errors.ts';
import type { Runtime, Runtimes, Weight } from '../platform.ts';
import { heard } from '../weights/heard.ts';
import type { ByteProgress } from '../weights/progress.ts';
import { BUILDS, type Build } from './builds.browser.ts';
import { RUNTIME_CACHE } from './cache.ts';

export class KeptRuntimes implements Runtimes {
  readonly #served: boolean;
  readonly #loaded = new Map<Provider, Runtime>();

  /** @param served a service worker answers this page's requests */
  constructor(served: boolean) {
    this.#served = served;
  }

  async weight(provider: Provider): Promise<Weight> {
    const { bytes, wasm } = BUILDS[provider];
    const here = this.#started(provider) !== undefined || (await kept(wasm)) !== undefined;
    return { bytes, cachedBytes: here ? bytes : 0 };
  }

  async load(provider: Provider, progress: ByteProgress, signal: AbortSignal): Promise<Runtime> {
    const build = BUILDS[provider];
    const started = this.#started(provider);
    if (started) {
      progress.add(build.bytes);
      return started;
    }
    const bytes = await this.#bytes(build, progress, signal);
    const ort = await build.load();
    ort.env.wasm.wasmPaths = { wasm: build.wasm, mjs: build.glue };
    if (bytes) ort.env.wasm.wasmBinary = bytes;
    const runtime: Runtime = { ort, label: `onnxruntime-web ${ort.env.versions.web ?? ''} (${fileName(build.wasm)})` };
    this.#loaded.set(provider, runtime);
    return runtime;
  }

  broken(provider: Provider): void {
    this.#loaded.delete(provider);
  }

  /** Null where the service worker will answer with them. */
  async #bytes(build: Build, progress: ByteProgress, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer> | null> {
    const before = await kept(build.wasm);
    if (before) {
      progress.add(build.bytes);
      return this.#served ? null : new Uint8Array(await before.arrayBuffer());
    }
    const fresh = await download(build, progress, signal);
    return (await keep(build, fresh)) && this.#served ? null : fresh;
  }

  /** The build for WebGPU does WASM as well: once it is here, nothing else is fetched. */
  #started(provider: Provider): Runtime | undefined {
    return this.#loaded.get(provider) ?? this.#loaded.get('webgpu');
  }
}

const fileName = (url: string): string => url.split('/').at(-1) ?? url;

async function download({ wasm, bytes }: Build, progress: ByteProgress, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  const name = fileName(wasm);
  const out = new Uint8Array(bytes);
  let filled = 0;
  try {
    const response = await heard(fetch(wasm, { signal }), name, signal);
    if (!response.ok || !response.body) throw new EngineError('file-missing', `The runtime ${name} is not on the server (HTTP ${response.status}).`, ABSENT);
    const reader = response.body.getReader();
    const read = () => heard(reader.read(), name, signal);
    for (let part = await read(); !part.done; part = await read()) {
      if (filled + part.value.length > bytes) break;
      out.set(part.value, filled);
      filled += part.value.length;
      progress.arrived(part.value.length);
      progress.add(part.value.length);
    }
    await reader.cancel();
  } catch (cause) {
    if (isAbort(cause) || cause instanceof EngineError) throw cause;
    throw new EngineError('network', `The download of the runtime ${name} broke off.`, { cause });
  }
  if (filled !== bytes) throw new EngineError('file-truncated', `The runtime ${name} is not the one that this page was made with.`, ABSENT);
  return out;
}

/** Of the device, not of the pack: the other provider's build may be there. Some hosts refuse large files. */
const ABSENT = { stage: 'device', advice: 'Reload the page; if it repeats, its files were not all put on the server.' } as const;

/** Caches can be missing (an insecure page) or refuse (a private window). While developing, names don't tell versions apart. */
async function opened(): Promise<Cache | undefined> {
  try {
    return import.meta.env.PROD && 'caches' in globalThis ? await caches.open(RUNTIME_CACHE) : undefined;
  } catch {
    return undefined;
  }
}

const kept = async (url: string): Promise<Response | undefined> => (await opened())?.match(url, { ignoreVary: true }).catch(() => undefined);

/** @returns whether it stays */
async function keep({ wasm, glue }: Build, bytes: Uint8Array<ArrayBuffer>): Promise<boolean> {
  const cache = await opened();
  if (!cache) return false;
  try {
    await cache.put(wasm, new Response(bytes, { headers: { 'content-type': 'application/wasm', 'content-length': String(bytes.length) } }));
    await cache.add(glue);
    await dropOlder(cache);
    return true;
  } catch {
    return false;
  }
}

/** Runtimes of earlier versions of the page. */
async function dropOlder(cache: Cache): Promise<void> {
  const now = Object.values(BUILDS).flatMap(({ wasm, glue }) => [wasm, glue].map((url) => new URL(url, globalThis.location.href).href));
  for (const request of await cache.keys()) if (/\/ort-[^/]+$/.test(request.url) && !now.includes(request.url)) await cache.delete(request);
}
