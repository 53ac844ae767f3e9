/** The gallery's search at the sizes that a cluster's index has: generated vectors, two threads, a real browser. */
import { expect, test } from '@playwright/test';

const HEADLESS = 'http://localhost:4174/';
const DIM = 256;
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;

// Making a million vectors takes longer than asking them.
test.setTimeout(300_000);

for (const { rows, limit, queries } of [{ rows: 100_000, limit: 100, queries: 5 }, { rows: 1_000_000, limit: 1000, queries: 3 }]) {
  test(`the best of ${rows.toLocaleString('en')} vectors in under ${limit} ms, as the exact search has them`, async ({ page }) => {
    await page.goto(HEADLESS);
    const figures = await page.evaluate((question) => window.measureSearch(question), { rows, dim: DIM, threads: 2, queries, plain: rows <= 100_000 });
    expect(figures.recall).toBeGreaterThanOrEqual(0.99);
    expect(median(figures.ms)).toBeLessThan(limit);
    if (figures.plainMs) expect(median(figures.ms)).toBeLessThan(median(figures.plainMs));
  });
}
