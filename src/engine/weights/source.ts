/** How bytes of a pack are had: over HTTP, or from files that a person dropped. */
import type { PackSource } from '../api.ts';
import { EngineError, isAbort } from '../errors.ts';

export interface ByteSource {
  /** Name of the manifest for messages. */
  readonly manifest: string;
  manifestText(signal: AbortSignal): Promise<string>;
  /**
   * Bytes of a file from an offset on, as they come. May start earlier than asked (a server that ignores ranges):
   * `start` says where. `again` skips every cache on the way.
   */
  open(path: string, start: number, again: boolean, signal: AbortSignal): Promise<{ start: number; stream: ReadableStream<Uint8Array<ArrayBuffer>> }>;
}

export function byteSource(source: PackSource, fetcher: typeof fetch): ByteSource {
  return source.kind === 'url' ? new HttpSource(source.manifest, fetcher) : new FileSource(source.name, source.files);
}

class HttpSource implements ByteSource {
  readonly manifest: string;
  readonly #fetch: typeof fetch;

  constructor(manifest: string, fetcher: typeof fetch) {
    this.manifest = manifest;
    this.#fetch = fetcher;
  }

  async manifestText(signal: AbortSignal): Promise<string> {
    // A stale manifest with fresh files would look like altered files: always ask the server.
    const response = await this.#get(this.manifest, { cache: 'no-cache', signal }, 'The manifest');
    if (!response.ok) throw new EngineError('manifest-missing', `There is no model pack at ${this.manifest} (HTTP ${response.status}).`);
    return response.text();
  }

  async open(path: string, start: number, again: boolean, signal: AbortSignal): ReturnType<ByteSource['open']> {
    const url = new URL(path, new URL(this.manifest, globalThis.location?.href)).href;
    const headers: Record<string, string> = start > 0 ? { Range: `bytes=${start}-` } : {};
    const response = await this.#get(url, { headers, signal, cache: again ? 'reload' : 'default' }, path);
    if (!response.ok) throw new EngineError('file-missing', `The pack's file ${path} is not on the server (HTTP ${response.status}).`);
    if (/text\/html/i.test(response.headers.get('content-type') ?? '')) {
      await response.body?.cancel();
      throw new EngineError('file-is-html', `The server sent a web page instead of the pack's file ${path}: the file is probably missing there.`);
    }
    if (!response.body) throw new EngineError('file-truncated', `The server sent nothing for the pack's file ${path}.`);
    return { start: response.status === 206 ? start : 0, stream: response.body };
  }

  async #get(url: string, init: RequestInit, what: string): Promise<Response> {
    try {
      return await this.#fetch(url, init);
    } catch (cause) {
      if (isAbort(cause)) throw cause;
      throw new EngineError('network', `${what} could not be fetched: the connection failed.`, { cause });
    }
  }
}

class FileSource implements ByteSource {
  readonly manifest: string;
  readonly #files: ReadonlyMap<string, Blob>;

  constructor(name: string, files: ReadonlyMap<string, Blob>) {
    this.manifest = `${name}/manifest.json`;
    this.#files = files;
  }

  async manifestText(): Promise<string> {
    const file = this.#files.get('manifest.json');
    if (!file) throw new EngineError('manifest-missing', `${this.manifest} is not there, so this is not a model pack.`);
    return file.text();
  }

  async open(path: string, start: number): ReturnType<ByteSource['open']> {
    const file = this.#files.get(path);
    if (!file) throw new EngineError('file-missing', `The pack's file ${path} is missing.`);
    return { start, stream: file.slice(start).stream() };
  }
}
