/**
 * Vectors to search in, of one thread: int8 codes to look through quickly, the halves themselves to score the best
 * exactly.
 *
 * A row is x = scale * code, scale = its largest magnitude / 127, so each number is off by at most half a scale. The query keeps
 * 12 bits, which adds next to nothing. The best `REVIEWED` of the quick look are scored again from the halves.
 */
import { Best, type Found } from './best.ts';
import { fromHalves, HALF_VALUES } from '../float16.ts';
import { type Scan, scanIn } from './kernel.ts';

const PAGE = 65536;
const BLOCK_ROWS = 16384;
const QUERY_LEVELS = 2047;
/** Candidates a wanted answer: at 4 the recall of generated vectors is 1 to three digits (`npm run bench -- search`). */
const CANDIDATES = 4;
const LEAST_REVIEWED = 64;

interface Block {
  /** Addresses in the memory. */
  readonly codes: number;
  readonly scales: number;
  readonly ids: Uint32Array;
  readonly halves: Uint16Array;
  rows: number;
}

export class VectorRows {
  readonly dim: number;
  readonly #padded: number;
  readonly #memory = new WebAssembly.Memory({ initial: 4, maximum: 65536 });
  readonly #scan: Scan;
  readonly #query: number;
  readonly #out: number;
  #free: number;
  readonly #blocks: Block[] = [];
  /** Id to block * BLOCK_ROWS + row. */
  readonly #where = new Map<number, number>();

  constructor(dim: number) {
    this.dim = dim;
    this.#padded = Math.ceil(dim / 16) * 16;
    this.#scan = scanIn(this.#memory);
    this.#free = 0;
    this.#query = this.#take(this.#padded * 2);
    this.#out = this.#take(BLOCK_ROWS * 4);
  }

  get count(): number {
    return this.#where.size;
  }

  /** Halves of rows one after the other, each known by its id from now on. @throws RangeError when they don't fit the ids */
  add(ids: Uint32Array, halves: Uint16Array): void {
    if (halves.length !== ids.length * this.dim) throw new RangeError(`${ids.length} vectors of ${this.dim} numbers are not ${halves.length} numbers.`);
    let done = 0;
    while (done < ids.length) {
      const last = this.#blocks.at(-1);
      const block = last && last.rows < last.ids.length ? last : this.#grow(ids.length - done);
      const count = Math.min(ids.length - done, block.ids.length - block.rows);
      block.halves.set(halves.subarray(done * this.dim, (done + count) * this.dim), block.rows * this.dim);
      for (let r = 0; r < count; r++) {
        const id = ids[done + r] as number;
        block.ids[block.rows + r] = id;
        this.#where.set(id, (this.#blocks.length - 1) * BLOCK_ROWS + block.rows + r);
      }
      this.#encode(block, block.rows, count);
      block.rows += count;
      done += count;
    }
  }

  vector(id: number): Float32Array<ArrayBuffer> | null {
    const halves = this.#halves(id);
    return halves && fromHalves(halves);
  }

  search(query: Float32Array, most: number): Found {
    const rough = new Best(Math.max(LEAST_REVIEWED, most * CANDIDATES));
    const unit = this.#putQuery(query);
    for (const block of this.#blocks) {
      if (block.rows === 0) continue;
      this.#scan(block.codes, block.scales, this.#out, this.#query, block.rows, this.#padded);
      const scores = new Float32Array(this.#memory.buffer, this.#out, block.rows);
      let { least } = rough;
      for (let r = 0; r < block.rows; r++) {
        const score = (scores[r] as number) * unit;
        if (score > least) {
          rough.add(block.ids[r] as number, score);
          least = rough.least;
        }
      }
    }
    const best = new Best(most);
    for (const id of rough.found().ids) best.add(id, this.#exactly(id, query));
    return best.found();
  }

  /** The same answer the slow way: every row from its halves. What the quick one is measured against. */
  exact(query: Float32Array, most: number): Found {
    const best = new Best(most);
    for (const id of this.#where.keys()) best.add(id, this.#exactly(id, query));
    return best.found();
  }

  #exactly(id: number, query: Float32Array): number {
    const halves = this.#halves(id);
    if (!halves) return NaN;
    let sum = 0;
    for (let i = 0; i < halves.length; i++) sum += (HALF_VALUES[halves[i] as number] as number) * (query[i] as number);
    return sum;
  }

  #halves(id: number): Uint16Array | null {
    const place = this.#where.get(id);
    if (place === undefined) return null;
    const at = (place % BLOCK_ROWS) * this.dim;
    return this.#blocks[Math.floor(place / BLOCK_ROWS)]?.halves.subarray(at, at + this.dim) ?? null;
  }

  #putQuery(query: Float32Array): number {
    const most = query.reduce((top, x) => Math.max(top, Math.abs(x)), 0) || 1;
    const levels = new Int16Array(this.#memory.buffer, this.#query, this.#padded).fill(0);
    for (let i = 0; i < this.dim; i++) levels[i] = Math.round(((query[i] as number) / most) * QUERY_LEVELS);
    return most / QUERY_LEVELS;
  }

  #encode(block: Block, first: number, count: number): void {
    const { dim } = this;
    const padded = this.#padded;
    const codes = new Int8Array(this.#memory.buffer, block.codes, block.ids.length * this.#padded);
    const scales = new Float32Array(this.#memory.buffer, block.scales, block.ids.length);
    for (let r = first; r < first + count; r++) {
      const { halves } = block;
      const from = r * dim;
      // Without its sign bit a larger half is a larger number: the largest is found without reading any.
      let most = 0;
      for (let i = from; i < from + dim; i++) most = Math.max(most, (halves[i] as number) & 0x7fff);
      const scale = (HALF_VALUES[most] as number) / 127 || 1;
      scales[r] = scale;
      const levels = 1 / scale;
      const to = r * padded - from;
      // Rounds as Math.round does, which is slower here; a code is never below -127.
      for (let i = from; i < from + dim; i++) codes[to + i] = ((HALF_VALUES[halves[i] as number] as number) * levels + 128.5 | 0) - 128;
    }
  }

  /** A block as large as what is left to add: few pictures take little memory, many are added in full blocks. */
  #grow(wanted: number): Block {
    const rows = Math.min(BLOCK_ROWS, Math.max(256, wanted));
    const block = { codes: this.#take(rows * this.#padded), scales: this.#take(rows * 4), ids: new Uint32Array(rows), halves: new Uint16Array(rows * this.dim), rows: 0 };
    this.#blocks.push(block);
    return block;
  }

  #take(bytes: number): number {
    const at = this.#free;
    this.#free = Math.ceil((at + bytes) / 16) * 16;
    const missing = this.#free - this.#memory.buffer.byteLength;
    if (missing > 0) this.#memory.grow(Math.ceil(missing / PAGE));
    return at;
  }
}
