/** Pictures of an index that lie at an address: fetched as their tiles come into view, a few at a time, the last ones kept. */
const AT_ONCE = 4;
/** Some screens of tiles. */
const KEPT = 200;

export class FetchedPictures {
  readonly #fetch: (url: string) => Promise<Response>;
  readonly #kept = new Map<string, Promise<Blob | null>>();
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(fetcher: (url: string) => Promise<Response>) {
    this.#fetch = fetcher;
  }

  /** Null where there is none to be had: the tile stays bare. */
  get(url: string): Promise<Blob | null> {
    const known = this.#kept.get(url);
    if (known) return known;
    const made = this.#load(url);
    this.#kept.set(url, made);
    // Offline for a moment: asked again when the tile is looked at again.
    void made.then((blob) => !blob && this.#kept.get(url) === made && this.#kept.delete(url));
    for (const old of [...this.#kept.keys()].slice(0, -KEPT)) this.#kept.delete(old);
    return made;
  }

  clear(): void {
    this.#kept.clear();
  }

  async #load(url: string): Promise<Blob | null> {
    if (this.#running >= AT_ONCE) await new Promise<void>((resolve) => void this.#waiting.push(resolve));
    this.#running++;
    try {
      const answer = await this.#fetch(url);
      return answer.ok ? await answer.blob() : null;
    } catch {
      return null; // a tile without its picture says enough
    } finally {
      this.#running--;
      this.#waiting.pop()?.();
    }
  }
}
