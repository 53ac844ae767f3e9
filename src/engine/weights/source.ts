/** How bytes of a pack are had: over HTTP, from files that a person dropped, out of a ZIP archive, or kept from before. */
import type { PackSource } from '../api.ts';
import { FileSource } from './file-source.ts';
import { HttpSource } from './http-source.ts';
import { KeptSource } from './kept-source.ts';
import type { ChunkStore } from './store.ts';

export interface ByteSource {
  /** Name of the manifest for messages; a loaded pack's manifest is kept in the store under it. */
  readonly manifest: string;
  manifestText(signal: AbortSignal): Promise<string>;
  /**
   * Bytes of a file from an offset on, as they come. May start earlier than asked (a server that ignores ranges):
   * `start` says where. `again` skips every cache on the way.
   */
  open(path: string, start: number, again: boolean, signal: AbortSignal): Promise<{ start: number; stream: ReadableStream<Uint8Array<ArrayBuffer>> }>;
}

export async function byteSource(source: PackSource, fetcher: typeof fetch, store: ChunkStore): Promise<ByteSource> {
  switch (source.kind) {
    case 'url':
      return new HttpSource(source.manifest, fetcher, store);
    case 'files':
      return new FileSource(source.name, source.files);
    case 'zip': {
      // Most people never open an archive: its reader is fetched when one does.
      const { ZipSource } = await import('./zip-source.ts');
      return ZipSource.open(source.name, source.archive);
    }
    case 'kept':
      return new KeptSource(source.name, store);
    default:
      return source satisfies never;
  }
}
