/** Search in a gallery, from ten pictures to a million. */
import type { Part } from '../lib/part.ts';
import { searchFigures, searchTable } from '../search.ts';

const SIZES = [10, 1000, 10_000, 100_000, 1_000_000];

export const search: Part = {
  name: 'search',
  title: 'Search in a gallery',
  counted: () => 'medians of five sentences',
  async run(context) {
    const { cores } = await context.machine();
    return searchTable(await searchFigures(SIZES, [...new Set([1, Math.min(2, cores)])]));
  },
};
