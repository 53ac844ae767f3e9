/** results.jsonl: lines come in any order (pictures are done one at a time) and are written in theirs. */
import { type FileHandle, open } from 'node:fs/promises';

export class Results {
  readonly #file: FileHandle;
  readonly #early = new Map<number, string>();
  #next = 0;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  static async create(path: string): Promise<Results> {
    return new Results(await open(path, 'w'));
  }

  async add(index: number, line: Record<string, unknown>): Promise<void> {
    this.#early.set(index, JSON.stringify(line));
    for (let text = this.#early.get(this.#next); text !== undefined; text = this.#early.get(this.#next)) {
      await this.#file.write(`${text}\n`);
      this.#early.delete(this.#next++);
    }
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}
