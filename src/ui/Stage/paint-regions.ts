/** Maps of regions as bitmaps: one lookup a pixel. */
import type { Regions } from '../../store/vault.ts';
import type { Rgb } from '../../masks/palette.ts';

export interface Paint {
  readonly color: Rgb;
  /** 0..1 */
  readonly alpha: number;
  /** Hatching, or null for plain. */
  readonly pattern: number | null;
}

/** Hatchings: whether a pixel lies on a stroke. Told apart without colour, down to a few pixels. */
const HATCH: readonly ((x: number, y: number) => boolean)[] = [
  (x, y) => (x + y) % 9 < 3,
  (x, y) => (x - y + 9000) % 9 < 3,
  (_, y) => y % 8 < 3,
  (x) => x % 8 < 3,
  (x, y) => x % 8 < 3 && y % 8 < 3,
  (x, y) => (x + y) % 10 < 2 || (x - y + 9000) % 10 < 2,
];
const ON = 1.7;
const OFF = 0.45;

const packed = ([r, g, b]: Rgb, alpha: number): number =>
  ((Math.round(Math.min(1, alpha) * 255) << 24) | (Math.round(b) << 16) | (Math.round(g) << 8) | Math.round(r)) >>> 0;

/** Colours are laid out as little-endian RGBA, which is what every browser's machine is. */
export function paintRegions({ ids, size, count }: Regions, paintOf: (id: number) => Paint | null): OffscreenCanvas {
  const plain = new Uint32Array(count + 1);
  const off = new Uint32Array(count + 1);
  const hatch: (((x: number, y: number) => boolean) | undefined)[] = [];
  for (let id = 0; id <= count; id++) {
    const paint = paintOf(id);
    if (!paint) continue;
    const { color, alpha, pattern } = paint;
    plain[id] = packed(color, pattern === null ? alpha : alpha * ON);
    off[id] = packed(color, alpha * OFF);
    hatch[id] = pattern === null ? undefined : HATCH[pattern % HATCH.length];
  }
  const pixels = new Uint32Array(ids.length);
  const { width, height } = size;
  const patterned = hatch.some(Boolean);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const id = ids[i] as number;
      const drawn = patterned ? hatch[id] : undefined;
      pixels[i] = (drawn && !drawn(x, y) ? off[id] : plain[id]) as number;
    }
  }
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext('2d')?.putImageData(new ImageData(new Uint8ClampedArray(pixels.buffer), width, height), 0, 0);
  return canvas;
}
