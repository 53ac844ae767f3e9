/**
 * A pack in a ZIP archive, unpacked as it is read: the archive stays on disk, and what comes out is checked a chunk at a
 * time like any other download. The pack may lie in a folder of the archive.
 */
import { BlobReader, configure, type FileEntry, ZipReader } from '@zip.js/zip.js/lib/zip-core-native.js';
import { EngineError } from '../errors.ts';
import { packRoot } from '../pack/root.ts';
import type { ByteSource } from './source.ts';

// The browser's own inflate, on this thread, which is a worker already.
configure({ useWebWorkers: false, useCompressionStream: true });

/** A manifest is some hundred kilobytes; one far larger is none. */
const MOST_MANIFEST = 16 * 1024 * 1024;

export class ZipSource implements ByteSource {
  readonly manifest: string;
  readonly #entries: ReadonlyMap<string, FileEntry>;

  private constructor(name: string, entries: ReadonlyMap<string, FileEntry>) {
    this.manifest = `${name}/manifest.json`;
    this.#entries = entries;
  }

  /** Reads the archive's directory. @throws EngineError manifest-missing */
  static async open(name: string, archive: Blob): Promise<ZipSource> {
    const all = new Map<string, FileEntry>();
    try {
      for (const entry of await new ZipReader(new BlobReader(archive)).getEntries()) if (!entry.directory) all.set(entry.filename, entry);
    } catch (cause) {
      throw new EngineError('manifest-missing', `${name} is no ZIP archive that can be read.`, { cause, advice: 'Pack it again, or drop the folder itself.' });
    }
    const root = packRoot(all.keys());
    if (root === null) throw new EngineError('manifest-missing', `${name} has no manifest.json inside, so it is not a model pack.`);
    const entries = [...all].filter(([path]) => path.startsWith(root)).map(([path, entry]) => [path.slice(root.length), entry] as const);
    return new ZipSource(name, new Map(entries));
  }

  async manifestText(signal: AbortSignal): Promise<string> {
    const size = this.#entries.get('manifest.json')?.uncompressedSize ?? 0;
    if (size > MOST_MANIFEST) throw new EngineError('manifest-invalid', `${this.manifest} has ${size} bytes, far too many for a manifest.`);
    const { stream } = await this.open('manifest.json', 0, false, signal);
    return new Response(stream).text();
  }

  async open(path: string, _start: number, _again: boolean, signal: AbortSignal): ReturnType<ByteSource['open']> {
    const entry = this.#entries.get(path);
    if (!entry) throw new EngineError('file-missing', `The pack's file ${path} is missing in the archive.`);
    const { readable, writable } = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>();
    entry.getData(writable, { signal }).catch((cause: unknown) =>
      // The reader hears of it; one that stopped early does not care.
      writable.abort(new EngineError('file-altered', `The pack's file ${path} could not be unpacked from the archive.`, { cause, advice: 'Pack it again, or drop the folder itself.' })).catch(() => undefined),
    );
    return { start: 0, stream: readable };
  }
}
