/** COCO instances JSON: run-length masks as pycocotools reads them, with exact polygons beside. */
import { encodeIds } from '../masks/rle.ts';
import { traceRegions } from '../outline/trace.ts';
import type { Saving } from './types.ts';

export function coco({ name, size, ids, regions }: Saving): string {
  const categories = [...new Set(regions.map((r) => r.label))];
  const isThing = new Map(regions.map((r) => [r.label, r.isThing]));
  const most = regions.reduce((top, r) => Math.max(top, r.id), 0);
  const rings = traceRegions(ids, size, most);
  const codes = encodeIds(ids, size, most);
  return JSON.stringify({
    info: { description: `Regions of ${name}` },
    images: [{ id: 1, file_name: name, width: size.width, height: size.height }],
    categories: categories.map((label, i) => ({ id: i + 1, name: label, isthing: isThing.get(label) ? 1 : 0 })),
    annotations: regions.map(({ id, label, score, area, bbox }, i) => ({
      id: i + 1,
      image_id: 1,
      category_id: categories.indexOf(label) + 1,
      segmentation: codes[id - 1],
      polygons: rings[id],
      area,
      bbox,
      iscrowd: 0,
      score,
    })),
  });
}
