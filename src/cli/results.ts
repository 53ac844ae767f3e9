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

  /** A run that was stopped leaves gaps: what was answered beyond them is written all the same. */
  async close(): Promise<void> {
    for (const index of [...this.#early.keys()].toSorted((a, b) => a - b)) await this.#file.write(`${this.#early.get(index)}\n`);
    await this.#file.close();
  }
}
