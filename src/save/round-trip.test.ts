/** Files read by readers that are not ours, for regions with holes, specks and touching corners. */
import { decode } from 'fast-png';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { measureIds } from '../masks/measure.ts';
import { coco } from './coco.ts';
import { labelMap } from './labels.ts';
import { svg } from './svg.ts';
import type { Saving } from './types.ts';

const size = { width: 211, height: 157 };
const COUNT = 12;

/** Rings over rings, and specks over all of it; the same every time. */
function scene(): Uint16Array {
  let seed = 7;
  const random = (): number => (seed = (seed * 1664525 + 1013904223) >>> 0) / 2 ** 32;
  const ids = new Uint16Array(size.width * size.height);
  for (let id = 1; id <= COUNT; id++) {
    const [cx, cy, r] = [random() * size.width, random() * size.height, 10 + random() * 40];
    for (let y = 0; y < size.height; y++) for (let x = 0; x < size.width; x++) {
      const d = Math.hypot(x - cx, y - cy);
      if (d < r && d > r * 0.4) ids[y * size.width + x] = id;
    }
  }
  for (let i = 0; i < 400; i++) ids[Math.floor(random() * ids.length)] = 1 + Math.floor(random() * COUNT);
  return ids;
}

const ids = scene();
const saving: Saving = {
  name: 'rings.png', size, ids,
  regions: measureIds(ids, size, COUNT).flatMap((extent, id) =>
    (id > 0 && extent && extent.area > 0 ? [{ id, label: `thing ${id % 5}`, score: 0.9, isThing: true, ...extent, color: [id * 20, 90, 10] as const }] : [])),
};

interface Annotation {
  readonly area: number;
  readonly polygons: readonly (readonly number[])[];
}

/** Rings of holes run the other way and count against the area. */
function shoelace(ring: readonly number[]): number {
  let twice = 0;
  for (let i = 0; i < ring.length; i += 2) {
    const next = (i + 2) % ring.length;
    twice += (ring[i] ?? 0) * (ring[next + 1] ?? 0) - (ring[next] ?? 0) * (ring[i + 1] ?? 0);
  }
  return twice / 2;
}

describe('round trips', () => {
  it('librsvg draws every region of the SVG on its own pixels, holes left free', async () => {
    for (const { id } of saving.regions) {
      const alone = svg(saving).replace(/<path id="region-(\d+)"/g, (path, n: string) => `${path} shape-rendering="crispEdges" style="${Number(n) === id ? 'fill:#fff;fill-opacity:1' : 'display:none'}"`);
      const { data, info } = await sharp(Buffer.from(alone)).flatten({ background: '#000' }).greyscale().raw().toBuffer({ resolveWithObject: true });
      const wrong = ids.reduce((n, v, i) => n + Number((data[i * info.channels] ?? 0) > 127 !== (v === id)), 0);
      expect(wrong, `region ${id}`).toBe(0);
    }
  });

  it('fast-png reads the label map as the map', () => {
    expect(Array.from(decode(labelMap(saving)).data)).toEqual(Array.from(ids));
  });

  it('polygons of COCO have the area of their mask', () => {
    const { annotations } = JSON.parse(coco(saving)) as { annotations: Annotation[] };
    expect(annotations).toHaveLength(COUNT);
    for (const { area, polygons } of annotations) expect(polygons.reduce((sum, ring) => sum + shoelace(ring), 0)).toBe(area);
  });
});
