/** Formats read back: areas, boxes and pixels are those that went in. */
import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { decodeRle } from '../masks/rle.ts';
import { coco } from './coco.ts';
import { csv } from './csv.ts';
import { labelMap } from './labels.ts';
import { svg } from './svg.ts';
import { wordsTable } from './words.ts';
import type { Saving } from './types.ts';

/** A ring with a hole (1) and a block that touches the border (2). */
const ROWS = ['1111100', '1000100', '1011100', '1111022', '0000022'];
const ids = Uint16Array.from(ROWS.join(''), Number);
const area = (id: number): number => ids.filter((v) => v === id).length;
const saving: Saving = {
  name: 'a "b", <c>.jpg',
  size: { width: 7, height: 5 },
  ids,
  regions: [
    { id: 1, label: 'cat, sleeping', score: 0.9, isThing: true, area: area(1), bbox: [0, 0, 5, 4], color: [68, 119, 170] },
    { id: 2, label: 'sky', score: 0.5, isThing: false, area: area(2), bbox: [5, 3, 2, 2], color: [34, 136, 51] },
  ],
};

/** Even-odd fill of the path's polygons at the middle of every pixel. */
function filled(path: string): number[] {
  const rings = path.split('Z').filter(Boolean).map((ring) => ring.slice(1).split('L').map((p) => p.split(' ').map(Number)));
  return Array.from(ids, (_, i) => {
    const [x, y] = [(i % 7) + 0.5, Math.floor(i / 7) + 0.5];
    let inside = 0;
    for (const ring of rings) ring.forEach(([ax = 0, ay = 0], k) => {
      const [bx = 0, by = 0] = ring[(k + 1) % ring.length] ?? [];
      if (ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax)) inside ^= 1;
    });
    return inside;
  });
}

describe('saved files', () => {
  it('COCO masks decode to the regions', () => {
    const { annotations, categories } = JSON.parse(coco(saving));
    expect(categories.map((c: { name: string }) => c.name)).toEqual(['cat, sleeping', 'sky']);
    for (const [i, { segmentation, area: size }] of annotations.entries()) {
      const { data } = decodeRle(segmentation);
      expect(Array.from(data)).toEqual(Array.from(ids, (v) => (v === i + 1 ? 1 : 0)));
      expect(size).toBe(area(i + 1));
    }
  });

  it('SVG keeps the hole', () => {
    const paths = [...svg(saving).matchAll(/ d="([^"]*)"/g)].map((m) => m[1] ?? '');
    expect(paths).toHaveLength(2);
    paths.forEach((path, i) => expect(filled(path)).toEqual(Array.from(ids, (v) => (v === i + 1 ? 1 : 0))));
    expect(svg(saving)).toContain('<title>a &quot;b&quot;, &lt;c&gt;.jpg</title>');
  });

  it('the label map is the map, with the colours as its palette', () => {
    const png = decode(labelMap(saving));
    expect(Array.from(png.data)).toEqual(Array.from(ids));
    expect(png.palette?.slice(0, 3)).toEqual([[0, 0, 0], [68, 119, 170], [34, 136, 51]]);
  });

  it('CSV quotes what needs it', () => {
    expect(csv(saving).split('\r\n')[1]).toBe(`"a ""b"", <c>.jpg",1,"cat, sleeping",0.9,1,${area(1)},0,0,5,4`);
  });

  it('a text that a spreadsheet would run stays a text', () => {
    const formula = { ...saving, regions: saving.regions.map((r) => ({ ...r, label: '=1+1' })) };
    expect(csv(formula)).toContain(",'=1+1,");
  });

  it('captions and answers are one line each, in words and numbers', () => {
    const rows = wordsTable([
      { picture: 'cat.jpg', kind: 'caption', about: '', text: 'A cat, asleep', rank: 1, score: -0.51234 },
      { picture: 'cat.jpg', kind: 'answer', about: 'is it "big"?', text: 'no', rank: 2, score: 0.25 },
    ]).split('\r\n');
    expect(rows).toEqual(['picture,kind,about,text,rank,score', 'cat.jpg,caption,,"A cat, asleep",1,-0.5123', 'cat.jpg,answer,"is it ""big""?",no,2,0.25', '']);
  });
});
