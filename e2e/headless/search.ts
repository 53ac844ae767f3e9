/** The gallery's search on generated vectors, without the app: what the browser test and the benchmark ask. */
import { fromHalves } from '../../src/gallery/float16.ts';
import { GalleryThreads } from '../../src/gallery/threads.ts';
import { Best } from '../../src/gallery/scan/best.ts';
import { generatedRows } from '../../src/gallery/scan/generated.ts';

const CHUNK = 16384;
const BEST = 50;

export interface SearchFigures {
  readonly rows: number;
  readonly dim: number;
  readonly threads: number;
  /** Each query: its vector in, the best 50 out. */
  readonly ms: readonly number[];
  /** Share of the exact 50 best that were found, over all queries. */
  readonly recall: number;
  /** The same ranking as a plain loop over float32 numbers on one thread, a query; null where that was not asked. */
  readonly plainMs: readonly number[] | null;
  readonly fillMs: number;
}

export interface SearchQuestion {
  readonly rows: number;
  readonly dim: number;
  readonly threads: number;
  readonly queries: number;
  readonly plain: boolean;
}

export async function measureSearch({ rows, dim, threads: count, queries: asked, plain }: SearchQuestion): Promise<SearchFigures> {
  const threads = new GalleryThreads(() => new Worker(new URL('../../src/gallery/worker.ts', import.meta.url), { type: 'module' }), count);
  const { next, queries } = generatedRows(dim, asked);
  const floats = plain ? new Float32Array(rows * dim) : null;
  await threads.reset('index', dim);
  const started = performance.now();
  for (let first = 0; first < rows; first += CHUNK) {
    const some = Math.min(CHUNK, rows - first);
    const halves = next(some);
    floats?.set(fromHalves(halves), first * dim);
    await threads.add('index', Uint32Array.from({ length: some }, (_, i) => first + i), halves, first / CHUNK);
  }
  const fillMs = performance.now() - started;
  const ms: number[] = [];
  let hit = 0;
  await threads.search('index', queries[0] as Float32Array, BEST);
  for (const query of queries) {
    const start = performance.now();
    const found = await threads.search('index', query, BEST);
    ms.push(performance.now() - start);
    const exact = new Set((await threads.exact('index', query, BEST)).ids);
    hit += found.ids.filter((id) => exact.has(id)).length;
  }
  threads.dispose();
  return { rows, dim, threads: count, ms, recall: hit / (Math.min(BEST, rows) * queries.length), plainMs: floats && queries.map((query) => plainScan(floats, dim, query)), fillMs };
}

/** What anyone would write first: every product in float32, the highest kept. */
function plainScan(floats: Float32Array, dim: number, query: Float32Array): number {
  const start = performance.now();
  const best = new Best(BEST);
  for (let r = 0; r < floats.length / dim; r++) {
    let sum = 0;
    for (let i = 0, at = r * dim; i < dim; i++, at++) sum += (floats[at] as number) * (query[i] as number);
    best.add(r, sum);
  }
  return best.found().ids.length > 0 ? performance.now() - start : NaN;
}
