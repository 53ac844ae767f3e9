/** A pack in files on the person's machine, by their path inside the pack. */
import { EngineError } from '../errors.ts';
import type { ByteSource } from './source.ts';

export class FileSource implements ByteSource {
  readonly manifest: string;
  readonly #files: ReadonlyMap<string, Blob>;

  constructor(name: string, files: ReadonlyMap<string, Blob>) {
    this.manifest = `${name}/manifest.json`;
    this.#files = files;
  }

  async manifestText(): Promise<string> {
    const file = this.#files.get('manifest.json');
    if (!file) throw new EngineError('manifest-missing', `${this.manifest} is not there, so this is not a model pack.`);
    return file.text().catch((cause: unknown) => {
      throw new EngineError('manifest-missing', `${this.manifest} cannot be read any more: it was changed or removed.`, { advice: 'Drop its folder or archive again.', cause });
    });
  }

  async open(path: string, start: number): ReturnType<ByteSource['open']> {
    const file = this.#files.get(path);
    if (!file) throw new EngineError('file-missing', `The pack's file ${path} is missing.`);
    return { start, stream: file.slice(start).stream() };
  }
}
