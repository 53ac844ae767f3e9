/** What was made for the newest few keys: pictures that come after one another are often of one size. */
export class Recent<T> {
  readonly #most: number;
  readonly #made = new Map<string, T>();

  constructor(most: number) {
    this.#most = most;
  }

  /** What was made for the key, or is made now; nobody may change it. */
  of(key: string, make: () => T): T {
    const value = this.#made.get(key) ?? make();
    this.#made.delete(key);
    this.#made.set(key, value);
    for (const oldest of this.#made.keys()) {
      if (this.#made.size <= this.#most) break;
      this.#made.delete(oldest);
    }
    return value;
  }
}
