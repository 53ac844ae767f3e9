/** A dropped pack that was loaded before: its manifest and chunks are in the store, its files may be gone. */
import { EngineError } from '../errors.ts';
import type { ByteSource } from './source.ts';
import type { ChunkStore } from './store.ts';

const AGAIN = { advice: 'Drop its folder or archive again.' };

export class KeptSource implements ByteSource {
  readonly manifest: string;
  readonly #name: string;
  readonly #store: ChunkStore;

  constructor(name: string, store: ChunkStore) {
    this.manifest = `${name}/manifest.json`;
    this.#name = name;
    this.#store = store;
  }

  async manifestText(): Promise<string> {
    const text = await this.#store.note(this.manifest);
    if (text === null) throw new EngineError('manifest-missing', `The pack "${this.#name}" is not kept on this machine.`, AGAIN);
    return text;
  }

  async open(path: string): ReturnType<ByteSource['open']> {
    throw new EngineError('file-missing', `The file ${path} of the pack "${this.#name}" is not kept on this machine any more.`, AGAIN);
  }
}
