/** How often a picture is decoded, and that its pixels are let go of, once. */
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import type { PictureId } from '../api.ts';
import { parseManifest } from '../pack/manifest.ts';
import type { Manifest } from '../pack/schema.ts';
import { Timer } from '../timing.ts';
import { Shelf } from './shelf.ts';

const PNG = new Blob([Uint8Array.from(atob('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=='), (c) => c.charCodeAt(0))]);
const [A, B] = ['picture-1', 'picture-2'] as unknown as readonly [PictureId, PictureId];

function counted(): { shelf: Shelf; decoded: () => number; held: () => number } {
  let decoded = 0;
  let released = 0;
  const shelf = new Shelf(async () => {
    decoded++;
    return { width: 90, height: 60, rows: (_, count) => new Uint8Array(90 * count * 4), release: () => void released++ };
  });
  return { shelf, decoded: () => decoded, held: () => decoded - released };
}

describe('opened pictures', () => {
  let manifest: Manifest;
  let sizes: readonly string[];
  beforeAll(async () => {
    const path = 'public/models/default/manifest.json';
    manifest = parseManifest(await readFile(path, 'utf8'), path);
    sizes = [...new Set(Object.values(manifest.tasks).flatMap((task) => (task.available ? [task.size] : [])))];
  });

  it('are refused before they are decoded when their files say that they are too large', async () => {
    const { shelf, decoded } = counted();
    const chunk = (name: string, ...data: readonly number[]): Uint8Array<ArrayBuffer> => {
      const bytes = new Uint8Array(12 + data.length);
      new DataView(bytes.buffer).setUint32(0, data.length);
      bytes.set(new TextEncoder().encode(name), 4);
      bytes.set(data, 8);
      return bytes;
    };
    // 20,000 x 9,000 pixels.
    const huge = new Blob([Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10), chunk('IHDR', 0, 0, 0x4e, 0x20, 0, 0, 0x23, 0x28, 8, 0, 0, 0, 0), chunk('IEND')]);
    await expect(shelf.open(A, huge, manifest, new Timer())).rejects.toMatchObject({ code: 'format-unsupported', message: expect.stringContaining('20000 x 9000') as string });
    expect([decoded(), shelf.count]).toEqual([0, 0]);
  });

  it('are decoded once for all sizes, whoever asks when', async () => {
    const { shelf, decoded, held } = counted();
    await shelf.open(A, PNG, manifest, new Timer());
    for (const size of sizes.slice(0, 2)) await shelf.prepared(A, manifest, size, new Timer());
    expect([decoded(), held()]).toEqual([1, 1]);
    shelf.settle(manifest);
    shelf.settle(manifest);
    expect(held()).toBe(0);
    for (const size of sizes) await shelf.prepared(A, manifest, size, new Timer());
    expect(decoded()).toBe(1);
  });

  it('hold pixels of the newest alone, and of none that was closed', async () => {
    const { shelf, decoded, held } = counted();
    await shelf.open(A, PNG, manifest, new Timer());
    await shelf.open(B, PNG, manifest, new Timer());
    expect(held()).toBe(1);
    for (const size of sizes) await shelf.prepared(A, manifest, size, new Timer());
    expect(decoded()).toBe(2);
    shelf.close(B);
    expect(held()).toBe(0);
    await expect(shelf.prepared(B, manifest, sizes[0] ?? '', new Timer())).rejects.toMatchObject({ code: 'picture-unknown' });
  });

  it('that were opened before there was a pack are decoded again when one asks', async () => {
    const { shelf, decoded, held } = counted();
    await shelf.open(A, PNG, null, new Timer());
    shelf.settle(null);
    await shelf.prepared(A, manifest, sizes[0] ?? '', new Timer());
    expect([decoded(), held()]).toEqual([2, 0]);
  });
});
