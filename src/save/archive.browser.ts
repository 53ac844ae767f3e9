/** Many files as one ZIP archive. */
import { BlobReader, BlobWriter, configure, ZipWriter } from '@zip.js/zip.js/lib/zip-core-native.js';

// The browser's own deflate, here: workers from blobs are against the page's policy.
configure({ useWebWorkers: false, useCompressionStream: true });

/** PNG is compressed already. */
const isPacked = (name: string): boolean => name.endsWith('.png');

export class Archive {
  readonly #zip = new ZipWriter(new BlobWriter('application/zip'));
  readonly #names = new Set<string>();

  /** Two pictures may have one name: the second is told apart by a number. */
  async add(name: string, ending: string, blob: Blob): Promise<void> {
    let path = `${name}${ending}`;
    for (let n = 2; this.#names.has(path); n++) path = `${name} (${n})${ending}`;
    this.#names.add(path);
    await this.#zip.add(path, new BlobReader(blob), { level: isPacked(path) ? 0 : 6 });
  }

  get count(): number {
    return this.#names.size;
  }

  close(): Promise<Blob> {
    return this.#zip.close();
  }
}
