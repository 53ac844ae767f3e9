/** What was made for the newest few keys: pictures that come after one another are often of one size. */
import { keep } from '../keep.ts';

export class Recent<T> {
  readonly #most: number;
  readonly #made = new Map<string, T>();

  constructor(most: number) {
    this.#most = most;
  }

  /** What was made for the key, or is made now; nobody may change it. */
  of(key: string, make: () => T): T {
    const value = this.#made.get(key) ?? make();
    // To the end of the line: it is the newest again.
    this.#made.delete(key);
    keep(this.#made, key, value, this.#most);
    return value;
  }
}
