/** The gallery's search in generated vectors, and what an index weighs. */
import type { Part } from '../lib/part.ts';
import { searchFigures, searchTable } from '../search.ts';

export const search: Part = {
  name: 'search',
  title: 'Search in an index',
  run: async () => searchTable(await searchFigures()),
};
