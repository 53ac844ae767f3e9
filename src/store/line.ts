/** Pictures on their way. What came last goes first; what came before waits for it, and is not lost. */
import { throwIfAborted } from '../engine/errors.ts';

/** What came together, in its order. */
export class Place {
  /** Aborted when everything on its way is stopped. */
  readonly signal: AbortSignal;
  readonly number: number;
  readonly #line: Line;
  #names: readonly string[];
  /** What is still being fetched keeps nobody waiting. */
  #begun = false;
  readonly #gone: Promise<void>;
  #go: () => void = () => undefined;

  constructor(line: Line, number: number, names: readonly string[], signal: AbortSignal) {
    this.#line = line;
    this.number = number;
    this.#names = names;
    this.signal = signal;
    this.#gone = new Promise((resolve) => (this.#go = resolve));
  }

  get names(): readonly string[] {
    return this.#names;
  }

  /** Whether the first of it that is there comes into view: nothing has that came since. What came last is what a person wants to see. */
  leads(): boolean {
    return this.#line.lead(this);
  }

  /** Waits until the next of it may begin. @throws AbortError when everything is stopped */
  async turn(): Promise<void> {
    this.#begun = true;
    for (let later = this.#line.after(this); later.length > 0; later = this.#line.after(this)) await Promise.all(later.map((place) => place.#gone));
    throwIfAborted(this.signal);
  }

  get begun(): boolean {
    return this.#begun;
  }

  /** One of it is there, or never will be. */
  passed(): void {
    this.#names = this.#names.slice(1);
    this.#line.tell();
  }

  /** Nothing of it is on its way any more. */
  leave(): void {
    this.#line.remove(this);
    this.#go();
  }
}

export class Line {
  /** In the order in which they came. */
  #places: readonly Place[] = [];
  /** The latest that something of is in view; places count up. */
  #leading = 0;
  #count = 0;
  #stop = new AbortController();
  readonly #changed: (names: readonly string[]) => void;

  /** @param changed hears the names of all that is on its way */
  constructor(changed: (names: readonly string[]) => void) {
    this.#changed = changed;
  }

  lead(place: Place): boolean {
    if (place.number < this.#leading) return false;
    this.#leading = place.number;
    return true;
  }

  join(names: readonly string[]): Place {
    const place = new Place(this, ++this.#count, names, this.#stop.signal);
    this.#places = [...this.#places, place];
    this.tell();
    return place;
  }

  /** Those that came after a place and have begun. */
  after(place: Place): readonly Place[] {
    const at = this.#places.indexOf(place);
    return at < 0 ? [] : this.#places.slice(at + 1).filter(({ begun }) => begun);
  }

  remove(place: Place): void {
    this.#places = this.#places.filter((other) => other !== place);
    this.tell();
  }

  /** Nothing that is on its way arrives. */
  stop(): void {
    this.#stop.abort();
    for (const place of this.#places) place.leave();
    this.#stop = new AbortController();
  }

  tell(): void {
    this.#changed(this.#places.flatMap(({ names }) => names));
  }
}
