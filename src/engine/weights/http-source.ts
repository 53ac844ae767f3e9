/** A pack on a server: its manifest's address, and files relative to it. */
import { EngineError, isAbort } from '../errors.ts';
import { heard } from './heard.ts';
import type { ByteSource } from './source.ts';
import type { ChunkStore } from './store.ts';

/** A server that is busy or stumbles: worth another try. */
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);

export class HttpSource implements ByteSource {
  readonly manifest: string;
  readonly #fetch: typeof fetch;
  readonly #store: ChunkStore;

  constructor(manifest: string, fetcher: typeof fetch, store: ChunkStore) {
    this.manifest = manifest;
    this.#fetch = fetcher;
    this.#store = store;
  }

  async manifestText(signal: AbortSignal): Promise<string> {
    try {
      return await this.#fetchManifest(signal);
    } catch (error) {
      // Without a network, what was loaded before is still whole.
      const kept = error instanceof EngineError && error.code === 'network' ? await this.#store.note(this.manifest) : null;
      if (kept !== null) return kept;
      throw error;
    }
  }

  async #fetchManifest(signal: AbortSignal): Promise<string> {
    // A stale manifest with fresh files would look like altered files: always ask the server.
    const response = await this.#get(this.manifest, { cache: 'no-cache', signal }, 'The manifest');
    if (PASSING.has(response.status)) throw new EngineError('network', `The server could not send the manifest (HTTP ${response.status}).`);
    if (!response.ok) throw new EngineError('manifest-missing', `There is no model pack at ${this.manifest} (HTTP ${response.status}).`);
    return reached(heard(response.text(), 'manifest.json', signal), 'The manifest');
  }

  async open(path: string, start: number, again: boolean, signal: AbortSignal): ReturnType<ByteSource['open']> {
    const url = new URL(path, new URL(this.manifest, globalThis.location?.href)).href;
    const headers: Record<string, string> = start > 0 ? { Range: `bytes=${start}-` } : {};
    const response = await this.#get(url, { headers, signal, cache: again ? 'reload' : 'default' }, path);
    if (response.status === 416) throw new EngineError('file-truncated', `The pack's file ${path} ends before byte ${start} on the server.`);
    if (PASSING.has(response.status)) throw new EngineError('network', `The server could not send the pack's file ${path} (HTTP ${response.status}).`);
    if (!response.ok) throw new EngineError('file-missing', `The pack's file ${path} is not on the server (HTTP ${response.status}).`);
    if (/text\/html/i.test(response.headers.get('content-type') ?? '')) {
      await response.body?.cancel();
      throw new EngineError('file-is-html', `The server sent a web page instead of the pack's file ${path}: the file is probably missing there.`);
    }
    if (!response.body) throw new EngineError('file-truncated', `The server sent nothing for the pack's file ${path}.`);
    return { start: response.status === 206 ? firstByte(response, start) : 0, stream: response.body };
  }

  async #get(url: string, init: RequestInit & { readonly signal: AbortSignal }, what: string): Promise<Response> {
    return reached(heard(this.#fetch(url, init), what, init.signal), what);
  }
}

async function reached<T>(work: Promise<T>, what: string): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (isAbort(cause) || cause instanceof EngineError) throw cause;
    throw new EngineError('network', `${what} could not be fetched: the connection failed.`, { cause });
  }
}

/** Where a partial answer begins: the server may have chosen. */
function firstByte(response: Response, asked: number): number {
  const said = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')?.[1];
  return said === undefined ? asked : Number(said);
}
