import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Shelf } from './shelf.ts';
import type { PictureKey } from './slices/library.ts';

const key = (name: string): PictureKey => name as PictureKey;

let closed: string[] = [];
let shown: PictureKey | null = null;
let shelf: Shelf;

/** A bitmap that says when it is closed, by the text of its file. */
const decode = async (file: Blob) => {
  const name = await file.text();
  return { close: () => closed.push(name) };
};

beforeEach(() => {
  vi.stubGlobal('createImageBitmap', decode);
  [closed, shown] = [[], null];
  shelf = new Shelf(() => shown);
  for (const name of ['a', 'b', 'c', 'd', 'e']) shelf.put(key(name), new Blob([name]));
});
afterEach(() => vi.unstubAllGlobals());

describe('bitmaps', () => {
  it('of the picture in view stays while others are decoded', async () => {
    shown = key('a');
    for (const name of ['a', 'b', 'c', 'd', 'e']) await shelf.bitmap(key(name));
    expect(closed).toEqual(['b']);
  });

  it('that were looked at lately stay', async () => {
    for (const name of ['a', 'b', 'c', 'a', 'd']) await shelf.bitmap(key(name));
    expect(closed).toEqual(['b']);
  });
});
