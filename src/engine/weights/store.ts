/**
 * Where verified chunks are kept, by content hash: a resumed or repeated load finds what it has, whatever pack or
 * address it came from.
 */

export interface ChunkStore {
  has(hash: string): Promise<boolean>;
  get(hash: string): Promise<Blob | null>;
  /** Keeps the chunk; falls back to memory by itself when storage refuses. */
  put(hash: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  drop(hash: string): Promise<void>;
  /** Small texts by a name: the manifests of packs whose chunks are here. */
  note(name: string): Promise<string | null>;
  keepNote(name: string, text: string): Promise<void>;
  /** All of them, without their names. */
  notes(): Promise<readonly string[]>;
  dropNote(name: string): Promise<void>;
  /** Bytes of all chunks. */
  bytes(): Promise<number>;
  /** Forgets everything. */
  clear(): Promise<void>;
  /** 'memory' while anything has to be kept there. */
  readonly kind: 'disk' | 'memory';
}

export class MemoryStore implements ChunkStore {
  readonly kind = 'memory';
  readonly #chunks = new Map<string, Blob>();
  readonly #notes = new Map<string, string>();

  /** Of chunks. */
  get count(): number {
    return this.#chunks.size;
  }

  async has(hash: string): Promise<boolean> {
    return this.#chunks.has(hash);
  }
  async get(hash: string): Promise<Blob | null> {
    return this.#chunks.get(hash) ?? null;
  }
  async put(hash: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    this.#chunks.set(hash, new Blob([bytes]));
  }
  async drop(hash: string): Promise<void> {
    this.#chunks.delete(hash);
  }
  async note(name: string): Promise<string | null> {
    return this.#notes.get(name) ?? null;
  }
  async keepNote(name: string, text: string): Promise<void> {
    this.#notes.set(name, text);
  }
  async notes(): Promise<readonly string[]> {
    return [...this.#notes.values()];
  }
  async dropNote(name: string): Promise<void> {
    this.#notes.delete(name);
  }
  async bytes(): Promise<number> {
    return [...this.#chunks.values()].reduce((sum, chunk) => sum + chunk.size, 0);
  }
  async clear(): Promise<void> {
    this.#chunks.clear();
    this.#notes.clear();
  }
}

const CACHE = 'xdecoder-chunks-1';
/** Cache Storage wants URLs; these are never fetched. */
const address = (hash: string): string => `/chunks/${hash}`;
const noteAddress = (name: string): string => `/notes/${encodeURIComponent(name)}`;
const isChunk = ({ url }: Request): boolean => new URL(url).pathname.startsWith('/chunks/');

/** Cache Storage, and memory for what it refuses (quota, private windows, insecure pages). */
export class CacheStore implements ChunkStore {
  readonly #memory = new MemoryStore();
  readonly #caches: CacheStorage | undefined;

  constructor(caches: CacheStorage | undefined) {
    this.#caches = caches;
  }

  get kind(): 'disk' | 'memory' {
    return this.#caches && this.#memory.count === 0 ? 'disk' : 'memory';
  }

  async has(hash: string): Promise<boolean> {
    return (await this.get(hash)) !== null;
  }

  async get(hash: string): Promise<Blob | null> {
    const kept = await this.#memory.get(hash);
    if (kept) return kept;
    const response = await this.#try((cache) => cache.match(address(hash)));
    return response ? response.blob() : null;
  }

  async put(hash: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const done = await this.#try(async (cache) => {
      await cache.put(address(hash), new Response(bytes, { headers: { 'content-length': String(bytes.length) } }));
      return true;
    });
    if (done) return this.#memory.drop(hash);
    await this.#memory.put(hash, bytes);
  }

  async drop(hash: string): Promise<void> {
    await this.#memory.drop(hash);
    await this.#try((cache) => cache.delete(address(hash)));
  }

  async note(name: string): Promise<string | null> {
    const response = await this.#try((cache) => cache.match(noteAddress(name)));
    return response ? response.text() : this.#memory.note(name);
  }

  async keepNote(name: string, text: string): Promise<void> {
    await this.#memory.keepNote(name, text);
    await this.#try((cache) => cache.put(noteAddress(name), new Response(text)));
  }

  async notes(): Promise<readonly string[]> {
    const kept = await this.#try(async (cache) => {
      const found = (await cache.keys()).filter((request) => !isChunk(request));
      return Promise.all(found.map(async (request) => (await cache.match(request))?.text() ?? ''));
    });
    return [...(kept ?? []), ...(await this.#memory.notes())];
  }

  async dropNote(name: string): Promise<void> {
    await this.#memory.dropNote(name);
    await this.#try((cache) => cache.delete(noteAddress(name)));
  }

  async bytes(): Promise<number> {
    const kept = await this.#try(async (cache) => {
      let sum = 0;
      for (const request of (await cache.keys()).filter(isChunk)) {
        const response = await cache.match(request);
        if (response) sum += Number(response.headers.get('content-length') ?? (await response.blob()).size);
      }
      return sum;
    });
    return (kept ?? 0) + (await this.#memory.bytes());
  }

  async clear(): Promise<void> {
    await this.#memory.clear();
    try {
      await this.#caches?.delete(CACHE);
    } catch {
      // What could not be opened holds nothing.
    }
  }

  async #try<T>(work: (cache: Cache) => Promise<T>): Promise<T | undefined> {
    try {
      return this.#caches && (await work(await this.#caches.open(CACHE)));
    } catch {
      // Refused (quota, policy): the caller goes on without; `kind` and the load report say so.
      return undefined;
    }
  }
}
