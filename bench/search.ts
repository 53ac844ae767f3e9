/**
 * Figures of the gallery's search, in Chromium: time and recall on generated vectors, beside a plain float32 loop in the same run; and
 * the bytes that a picture takes in an index (`npm run bench -- search`).
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { build, preview } from 'vite';
import { ensureChromium } from '../scripts/chromium.ts';
import type { SearchFigures } from '../e2e/headless/search.ts';
import { generatedRows } from '../src/gallery/scan/generated.ts';
import { writeIndex } from '../src/gallery/parquet/write.ts';

const CONFIG = join(import.meta.dirname, '..', 'e2e', 'headless', 'vite.config.ts');
/** Of the default pack. */
const DIM = 256;
const QUERIES = 5;
/** A plain copy of a million vectors would not fit beside the others. */
const MOST_PLAIN = 100_000;
const INDEXED = 1000;

export interface IndexBytes {
  readonly pictures: number;
  /** A picture, with path, hash, size and vector. */
  readonly embedded: number;
  /** With a caption of some ten words. */
  readonly captioned: number;
}

export interface SearchReport {
  readonly searches: readonly SearchFigures[];
  readonly bytes: IndexBytes;
}

export async function searchFigures(sizes: readonly number[], threads: readonly number[]): Promise<SearchReport> {
  await build({ configFile: CONFIG, logLevel: 'warn' });
  const server = await preview({ configFile: CONFIG, preview: { port: 0 } });
  const browser = await chromium.launch({ executablePath: ensureChromium(), args: ['--no-sandbox'] });
  try {
    const searches: SearchFigures[] = [];
    for (const rows of sizes) for (const count of threads) {
      const page = await browser.newPage();
      page.setDefaultTimeout(600_000);
      await page.goto(server.resolvedUrls?.local[0] ?? '');
      searches.push(await page.evaluate((question) => window.measureSearch(question), { rows, dim: DIM, threads: count, queries: QUERIES, plain: rows <= MOST_PLAIN }));
      await page.close();
    }
    return { searches, bytes: indexBytes() };
  } finally {
    await browser.close();
    await server.close();
  }
}

/** Generated vectors do not compress, and neither do real ones. */
function indexBytes(): IndexBytes {
  const vectors = generatedRows(DIM, 0).next(INDEXED);
  const size = (caption: string | null): number => writeIndex(
    { schema: 1, pack: 'default', packHash: '0'.repeat(64), variant: 'int8', dim: DIM, tasks: ['embed'] },
    Array.from({ length: INDEXED }, (_, i) => ({
      path: `2019/summer/IMG_${String(i).padStart(6, '0')}.jpg`, sha256: createHash('sha256').update(String(i)).digest('hex'),
      width: 4000, height: 3000, bytes: 3_000_000 + i * 977, embedding: vectors.slice(i * DIM, (i + 1) * DIM),
      caption: caption && `${caption} ${i}`,
    })),
  ).byteLength / INDEXED;
  return { pictures: INDEXED, embedded: size(null), captioned: size('A man in a red shirt rides a bicycle along the street') };
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
const ms = (value: number): string => (value < 10 ? value.toFixed(1) : value.toFixed(0));

export function searchTable({ searches, bytes }: SearchReport): string {
  const rows = searches.map(({ rows: count, threads, ms: times, recall, plainMs }) => {
    const took = median(times);
    const plain = plainMs ? median(plainMs) : null;
    return `| ${count.toLocaleString('en')} | ${threads} | ${ms(took)} | ${(recall * 100).toFixed(1)} % | ${plain === null ? '–' : ms(plain)} | ${plain === null ? '–' : `${(plain / took).toFixed(1)}×`} |`;
  });
  return [
    `Generated vectors of ${DIM} numbers, medians of ${QUERIES} sentences; the 50 best. Recall: share of the exact 50 best. Plain: a float32 loop on one thread, in the same run.`,
    '',
    '| vectors | threads | search, ms | recall | plain, ms | ratio |',
    '|---:|---:|---:|---:|---:|---:|',
    ...rows,
    '',
    `An index takes ${bytes.embedded.toFixed(0)} bytes a picture with its vector, ${bytes.captioned.toFixed(0)} with a caption too (${bytes.pictures.toLocaleString('en')} generated rows).`,
  ].join('\n');
}
