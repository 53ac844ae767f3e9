/**
 * A closer look at what is small: the part of the picture around it, as a picture of its own (docs/decisions/0015).
 *
 * What fills a few cells of the masks is seen at a fourth of its detail or less; the zoom-in of interactive segmentation
 * (Sofiiuk et al., "Reviving iterative training with mask guidance", 2022) encodes the part that matters once more.
 */
import { connectedTo } from '../masks/connected.ts';
import type { Box, LogitPlanes, Point, Size } from '../masks/types.ts';
import { MASK_STRIDE, type Placement } from './head.ts';
import { half, liesOn } from './marks.ts';
import type { Click, Marks } from './types.ts';

/** Sides of the part: of what was found so many, and of the picture's short side at least so much. */
const GROWN = 2;
const LEAST = 0.25;
/** A part of nearly all of the picture would show nothing better. */
const MOST = 0.8;

/**
 * Where to look closer at what lies under a click, in pixels of the picture: a square.
 * @param logits one plane at stride 4
 * @param largest share of the picture above which what lies there is not small
 */
export function partAround(logits: LogitPlanes, click: Point, { picture, content }: Placement, largest: number): Box | null {
  const cells = { width: Math.ceil(content.width / MASK_STRIDE), height: Math.ceil(content.height / MASK_STRIDE) };
  const cell = (at: number, inside: number, whole: number, count: number): number => Math.min(Math.floor((at * inside) / whole / MASK_STRIDE), count - 1);
  const row = cell(click.y, content.height, picture.height, cells.height);
  const column = cell(click.x, content.width, picture.width, cells.width);
  const inside = (i: number): boolean => (logits.data[Math.floor(i / cells.width) * logits.width + (i % cells.width)] as number) > 0;
  const thing = connectedTo(row * cells.width + column, cells, inside);
  if (!thing || thing.area > largest * cells.width * cells.height) return null;
  const across = (MASK_STRIDE * picture.width) / content.width;
  const down = (MASK_STRIDE * picture.height) / content.height;
  const [x, y, w, h] = thing.bbox;
  const short = Math.min(picture.width, picture.height);
  const side = Math.max(1, half(Math.max(GROWN * h * down, GROWN * w * across, LEAST * short)));
  if (side > MOST * short) return null;
  const start = (low: number, high: number, of: number): number => Math.min(Math.max(0, half((low + high - side) / 2)), of - side);
  return [start(x * across, (x + w) * across, picture.width), start(y * down, (y + h) * down, picture.height), side, side];
}

/** The first click on the thing: where it is, whatever is corrected later. Null for marks of other kinds, and where none is on the picture. */
export function firstInside({ clicks = [], box, stroke = [], mask }: Marks, picture: Size): Click | null {
  if (box || stroke.length > 0 || mask) return null;
  return clicks.find((click) => click.positive && liesOn(click, picture)) ?? null;
}

/** Clicks in pixels of the part; null where one lies outside. */
export function withinPart(clicks: readonly Click[], [left, top, width, height]: Box): readonly Click[] | null {
  const moved = clicks.map((c) => ({ ...c, x: c.x - left, y: c.y - top }));
  return moved.every((click) => liesOn(click, { width, height })) ? moved : null;
}

/** The part in pixels of an output of another size; at least one of them. */
export function partOn([left, top, width, height]: Box, picture: Size, output: Size): Box {
  const axis = (start: number, length: number, from: number, to: number): readonly [number, number] => {
    const first = Math.min(half((start * to) / from), to - 1);
    return [first, Math.max(1, Math.min(half(((start + length) * to) / from), to) - first)];
  };
  const [x, w] = axis(left, width, picture.width, output.width);
  const [y, h] = axis(top, height, picture.height, output.height);
  return [x, y, w, h];
}

/** The mask of a part, with nothing around it, at the output's size. */
export function putBack(mask: Uint8Array, [left, top, width, height]: Box, output: Size): Uint8Array {
  const whole = new Uint8Array(output.width * output.height);
  for (let y = 0; y < height; y++) whole.set(mask.subarray(y * width, (y + 1) * width), (top + y) * output.width + left);
  return whole;
}
