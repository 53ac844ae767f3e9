/** The best so many of a stream of scores: a heap whose root is the worst that is kept. */
export interface Found {
  readonly ids: Uint32Array<ArrayBuffer>;
  readonly scores: Float32Array<ArrayBuffer>;
}

export class Best {
  readonly #ids: Uint32Array;
  readonly #scores: Float32Array;
  #count = 0;

  constructor(most: number) {
    this.#ids = new Uint32Array(most);
    this.#scores = new Float32Array(most);
  }

  /** What a score must exceed to be kept. */
  get least(): number {
    return this.#count < this.#scores.length ? -Infinity : (this.#scores[0] ?? Infinity);
  }

  /** NaN is never kept. */
  add(id: number, score: number): void {
    if (!(score > this.least)) return;
    if (this.#count < this.#scores.length) this.#up(this.#count++, id, score);
    else this.#down(id, score);
  }

  /** Best first; equal scores by id. */
  found(): Found {
    const order = Array.from({ length: this.#count }, (_, i) => i).sort(
      (a, b) => (this.#scores[b] as number) - (this.#scores[a] as number) || (this.#ids[a] as number) - (this.#ids[b] as number),
    );
    return { ids: Uint32Array.from(order, (i) => this.#ids[i] as number), scores: Float32Array.from(order, (i) => this.#scores[i] as number) };
  }

  #up(at: number, id: number, score: number): void {
    let i = at;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if ((this.#scores[parent] as number) <= score) break;
      this.#move(parent, i);
      i = parent;
    }
    this.#ids[i] = id;
    this.#scores[i] = score;
  }

  #down(id: number, score: number): void {
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= this.#count) break;
      if (child + 1 < this.#count && (this.#scores[child + 1] as number) < (this.#scores[child] as number)) child++;
      if ((this.#scores[child] as number) >= score) break;
      this.#move(child, i);
      i = child;
    }
    this.#ids[i] = id;
    this.#scores[i] = score;
  }

  #move(from: number, to: number): void {
    this.#ids[to] = this.#ids[from] as number;
    this.#scores[to] = this.#scores[from] as number;
  }
}

/** The best of several answers together. */
export function merged(parts: readonly Found[], most: number): Found {
  const best = new Best(most);
  for (const { ids, scores } of parts) ids.forEach((id, i) => best.add(id, scores[i] as number));
  return best.found();
}
