import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EngineError } from '../errors.ts';
import { assertComplete } from './complete.ts';
import golden from './golden/pillow.json' with { type: 'json' };
import { Geometry } from './geometry.ts';
import { sineAxis } from './inputs.ts';
import { type PixelRows, resizePicture } from './resize.ts';
import { fitView, fromScreen, toScreen, zoomAt } from './screen.ts';
import { formatOf, sniff } from './sniff.ts';

/** The same formula as the one that Pillow's numbers were made from. */
function pattern(width: number, height: number): PixelRows {
  const data = new Uint8Array(width * height * 4).fill(255);
  for (let p = 0; p < width * height; p++) {
    for (let c = 0; c < 3; c++) {
      const i = p * 3 + c;
      data[p * 4 + c] = (i * i * 7 + i * 13) % 256;
    }
  }
  return { width, height, rows: (top, count) => data.subarray(top * width * 4, (top + count) * width * 4) };
}

const bytes = (...parts: (string | number[])[]): Uint8Array => Uint8Array.from(parts.flatMap((p) => (typeof p === 'string' ? Array.from(p, (c) => c.charCodeAt(0)) : p)));
const codeOf = (work: () => unknown): string => {
  try {
    work();
    return 'none';
  } catch (error) {
    return error instanceof EngineError ? error.code : String(error);
  }
};

describe('resizing', () => {
  it.each(golden)('$source to $target, $filter: every byte is Pillow\'s', ({ source, target, filter, rgb }) => {
    const [w = 0, h = 0] = source;
    const [tw = 0, th = 0] = target;
    expect(Array.from(resizePicture(pattern(w, h), { width: tw, height: th }, filter === 'bicubic' ? 'bicubic' : 'bilinear'))).toEqual(rgb);
  });
});

describe('geometry', () => {
  it('scales the short side, minds the long one, pads', () => {
    expect(Geometry.of({ width: 640, height: 480 }, { shortSide: 384, maxLongSide: 640 }, 32)).toMatchObject({ content: { width: 512, height: 384 }, padded: { width: 512, height: 384 } });
    expect(Geometry.of({ width: 4000, height: 1000 }, { shortSide: 384, maxLongSide: 640 }, 32)).toMatchObject({ content: { width: 640, height: 160 } });
    expect(Geometry.of({ width: 385, height: 288 }, { shortSide: 384 }, 32)).toMatchObject({ content: { width: 513, height: 384 }, padded: { width: 544, height: 384 } });
    expect(Geometry.of({ width: 3, height: 900 }, { shortSide: 384, maxLongSide: 640 }, 32)).toMatchObject({ content: { width: 2, height: 640 }, padded: { width: 32, height: 640 } });
    expect(Geometry.of({ width: 30, height: 900 }, { shortSide: 64, square: true }, 32)).toMatchObject({ content: { width: 64, height: 64 } });
  });

  const side = fc.integer({ min: 1, max: 9000 });
  const unit = fc.double({ min: 0, max: 1, noNaN: true });
  it('goes to the model and back', () => {
    fc.assert(fc.property(side, side, unit, unit, (width, height, u, v) => {
      const geometry = Geometry.of({ width, height }, { shortSide: 384, maxLongSide: 640 }, 32);
      const back = geometry.toPicture(geometry.toModel({ x: u * width, y: v * height }));
      expect(back.x).toBeCloseTo(u * width, 6);
      expect(back.y).toBeCloseTo(v * height, 6);
    }));
  });

  it('goes to the screen and back, and zooming keeps the point under the pointer', () => {
    fc.assert(fc.property(side, side, unit, unit, fc.double({ min: 0.1, max: 10, noNaN: true }), (width, height, u, v, factor) => {
      const view = fitView({ width, height }, { width: 800, height: 600 });
      const anchor = { x: u * 800, y: v * 600 };
      const fixed = fromScreen(view, anchor);
      const after = toScreen(zoomAt(view, anchor, factor), fixed);
      expect(after.x).toBeCloseTo(anchor.x, 4);
      expect(after.y).toBeCloseTo(anchor.y, 4);
    }));
  });

  it('maps the middle of the masks to the middle of the result', () => {
    const mapping = Geometry.of({ width: 500, height: 400 }, { shortSide: 64 }, 32).mapping({ width: 100, height: 80 }, 'bicubic-antialias');
    expect([mapping.x.rows, mapping.y.rows, mapping.x.source, mapping.y.source]).toEqual([100, 80, 24, 16]);
  });
});

describe('sine positions', () => {
  it('start at one step and end at a full turn', () => {
    const axis = sineAxis(4, 4);
    expect(axis[0]).toBeCloseTo(Math.sin(Math.PI / 2), 5);
    expect(axis[1]).toBeCloseTo(Math.cos(Math.PI / 2), 5);
    expect(axis[2]).toBeCloseTo(Math.sin(Math.PI / 2 / 100), 6);
    expect(axis[12]).toBeCloseTo(0, 4);
  });
});

describe('what a file is', () => {
  it('is read once, and again where it could not be read', async () => {
    const reads: boolean[] = [];
    const file = (...able: boolean[]): Blob => {
      const head = bytes('GIF89a');
      const arrayBuffer = async () => {
        const can = able[reads.push(true) - 1] ?? true;
        if (!can) throw new DOMException('It is being written.', 'NotReadableError');
        return head.buffer;
      };
      return { slice: () => ({ arrayBuffer }) } as unknown as Blob;
    };
    const whole = file();
    expect([await formatOf(whole), await formatOf(whole), reads.length]).toEqual(['gif', 'gif', 1]);
    reads.length = 0;
    const busy = file(false, true);
    await expect(formatOf(busy)).rejects.toThrow('being written');
    expect([await formatOf(busy), reads.length]).toEqual(['gif', 2]);
  });

  it('goes by its bytes', () => {
    expect(sniff(bytes([0xff, 0xd8, 0xff, 0xe0]))).toBe('jpeg');
    expect(sniff(bytes([0x89], 'PNG\r\n', [0x1a, 0x0a]))).toBe('png');
    expect(sniff(bytes('RIFF', [1, 0, 0, 0], 'WEBPVP8 '))).toBe('webp');
    expect(sniff(bytes([0, 0, 0, 28], 'ftypavif'))).toBe('avif');
    expect(sniff(bytes('GIF89a'))).toBe('gif');
    expect(sniff(bytes('<?xml version="1.0"?>\n<svg xmlns="x">'))).toBe('svg');
    // As Graphviz writes it, and as Illustrator does.
    expect(sniff(bytes('<?xml version="1.0"?>\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://x/svg11.dtd">\n<!-- made by a program -->\n<!-- Title: G -->\n<svg width="9">'))).toBe('svg');
    expect(sniff(bytes('<!DOCTYPE svg [ <!ENTITY ns "http://x/"> ]>\n<svg>'))).toBe('svg');
    // Windows bitmaps of versions 3, 4 and 5 by the lengths of their headers.
    for (const header of [40, 108, 124]) expect(sniff(bytes('BM', [0, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, header, 0, 0, 0]))).toBe('bmp');
    expect(codeOf(() => sniff(bytes('BM, he said, and left.')))).toBe('not-a-picture');
    expect(codeOf(() => sniff(bytes([0, 0, 0, 28], 'ftypheic')))).toBe('format-unsupported');
    expect(codeOf(() => sniff(bytes('%PDF-1.7')))).toBe('format-unsupported');
    expect(codeOf(() => sniff(bytes('hello there')))).toBe('not-a-picture');
    expect(codeOf(() => sniff(new Uint8Array()))).toBe('file-empty');
    expect(sniff(bytes('<?xml version="1.0"?>\n<?xml-stylesheet href="a.css"?>\n<!-- a -- b -->\n<svg>'))).toBe('svg');
  });

  it('a page of comments is refused at once', () => {
    const start = performance.now();
    expect(codeOf(() => sniff(bytes('<!-- a line of a licence -->\n'.repeat(60), '<html>')))).toBe('not-a-picture');
    expect(performance.now() - start).toBeLessThan(1000);
  });

  it('random bytes never do anything but answer or refuse', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), (data) => {
      const code = codeOf(() => sniff(data));
      expect(['none', 'file-empty', 'not-a-picture', 'format-unsupported']).toContain(code);
      expect(['none', 'picture-damaged']).toContain(codeOf(() => assertComplete(data, 'jpeg')));
      expect(['none', 'picture-damaged']).toContain(codeOf(() => assertComplete(data, 'png')));
    }));
  });

  it('a cut JPEG is told from a whole one, whatever its thumbnail holds', () => {
    const exif = [0xff, 0xe1, 0, 8, 1, 2, 0xff, 0xd9, 3, 4];
    const scan = [0xff, 0xda, 0, 2, 1, 2, 0xff, 0, 3, 0xff, 0xd0, 4];
    expect(codeOf(() => assertComplete(bytes([0xff, 0xd8], exif, scan), 'jpeg'))).toBe('picture-damaged');
    expect(codeOf(() => assertComplete(bytes([0xff, 0xd8], exif, scan, [0xff, 0xd9]), 'jpeg'))).toBe('none');
  });
});
