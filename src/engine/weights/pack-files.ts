/** The files of a pack, by path: fetched and checked when wanted, then read from the store. */
import { EngineError } from '../errors.ts';
import { CHUNK, totalBytes } from '../pack/manifest.ts';
import type { FileEntry } from '../pack/schema.ts';
import { fetchFile } from './fetch-file.ts';
import { ByteProgress } from './progress.ts';
import { sha256 } from './sha256.ts';
import type { ByteSource } from './source.ts';
import type { ChunkStore } from './store.ts';

export class PackFiles {
  readonly #source: ByteSource;
  readonly #entries: ReadonlyMap<string, FileEntry>;
  readonly #store: ChunkStore;
  /** Files read lately: graphs share their weights, and a load reads them once a graph. */
  readonly #recent = new Map<string, Uint8Array<ArrayBuffer>>();

  constructor(source: ByteSource, entries: readonly FileEntry[], store: ChunkStore) {
    this.#source = source;
    this.#entries = new Map(entries.map((e) => [e.path, e]));
    this.#store = store;
  }

  /** Fetches what the store lacks, one file after the other. */
  async ensure(files: readonly FileEntry[], progress: ByteProgress, signal: AbortSignal): Promise<void> {
    progress.expect(totalBytes(files));
    for (const file of files) await fetchFile(this.#source, file, this.#store, progress, signal);
  }

  /** Read from the store; what was removed or altered there since `ensure` is fetched once more. */
  async bytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
    const recent = this.#recent.get(path);
    if (recent) return recent;
    const entry = this.#entries.get(path);
    if (!entry) throw new EngineError('file-missing', `The pack has no file ${path}.`);
    let bytes = await this.#read(entry);
    if (!bytes) {
      await fetchFile(this.#source, entry, this.#store, new ByteProgress(() => undefined), new AbortController().signal);
      bytes = await this.#read(entry);
    }
    if (!bytes) throw new EngineError('file-missing', `A part of ${path} does not stay in this machine's storage.`, { advice: 'Free some storage and load the model again.' });
    this.#recent.set(path, bytes);
    return bytes;
  }

  /** Null when a chunk is gone or not what it was. */
  async #read(entry: FileEntry): Promise<Uint8Array<ArrayBuffer> | null> {
    const out = new Uint8Array(entry.bytes);
    let offset = 0;
    for (const hash of entry.sha256) {
      const chunk = await this.#store.get(hash);
      const bytes = chunk ? new Uint8Array(await chunk.arrayBuffer()) : null;
      if (!bytes || (await sha256(bytes)) !== hash) {
        await this.#store.drop(hash);
        return null;
      }
      out.set(bytes, offset);
      offset += bytes.length;
    }
    return out;
  }

  /** Lets go of what was read; call when a load is over. */
  forget(): void {
    this.#recent.clear();
  }

  async text(path: string): Promise<string> {
    return new TextDecoder().decode(await this.bytes(path));
  }

  /** Bytes of these files that are stored already. */
  async stored(files: readonly FileEntry[]): Promise<number> {
    let bytes = 0;
    for (const file of files) {
      let left = file.bytes;
      for (const hash of file.sha256) {
        const length = Math.min(left, CHUNK);
        if (await this.#store.has(hash)) bytes += length;
        left -= length;
      }
    }
    return bytes;
  }
}
