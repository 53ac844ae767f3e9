/** Clicks, boxes, strokes and masks of a person, drawn on a canvas of the model's (spec section 11). */
import type { Box, Mask, Point, Size } from '../masks/types.ts';
import type { Click, Marks } from './types.ts';

const CLICK_RADIUS = 5;
const STROKE_RADIUS = 3;

/** Bool maps of the canvas; null where nothing of the kind was marked. */
export interface Drawn {
  readonly positive: Uint8Array | null;
  readonly negative: Uint8Array | null;
  readonly box: Uint8Array | null;
}

/** Where in a box its thing surely is, as shares of its sides, and in how many places of a stroke. */
const INNER = [[0.5, 0.5], [0.3, 0.5], [0.7, 0.5], [0.5, 0.3], [0.5, 0.7]] as const;
const ALONG = 5;

/** What an answer has to obey in a picture: clicks, and as such what a box without clicks and a stroke surely mean; nothing off the picture. */
export function toObey({ clicks = [], box, stroke = [] }: Marks, picture: Size): Click[] {
  const meant = (x: number, y: number): Click => ({ x, y, positive: true });
  const there = box && onPicture(box, picture);
  const inner = there && clicks.length === 0 ? INNER.map(([across, down]) => meant(there[0] + across * there[2], there[1] + down * there[3])) : [];
  const count = Math.min(ALONG, stroke.length);
  const along = Array.from({ length: count }, (_, k) => stroke[Math.floor((k * (stroke.length - 1)) / Math.max(1, count - 1))] as Point);
  return [...clicks, ...inner, ...along.map(({ x, y }) => meant(x, y))].filter((at) => liesOn(at, picture));
}

export const liesOn = ({ x, y }: Point, { width, height }: Size): boolean => x >= 0 && y >= 0 && x < width && y < height;

/** The part of a box [x, y, width, height] that lies in the picture; null where there is none. */
export function onPicture([x, y, w, h]: Box, { width, height }: Size): Box | null {
  const [x0, y0] = [Math.max(0, x), Math.max(0, y)];
  const [across, down] = [Math.min(width, x + w) - x0, Math.min(height, y + h) - y0];
  return across > 0 && down > 0 ? [x0, y0, across, down] : null;
}

interface At {
  readonly x: number;
  readonly y: number;
}

/** Rounds halves up. */
export const half = (n: number): number => Math.floor(n + 0.5);

class Canvas {
  readonly #size: Size;
  #data: Uint8Array | null = null;

  constructor(size: Size) {
    this.#size = size;
  }

  /** Null until something was drawn, even off the canvas. */
  get data(): Uint8Array | null {
    return this.#data;
  }

  disc(at: At, radius: number): void {
    this.rectangle(at.x - radius, at.y - radius, at.x + radius + 1, at.y + radius + 1, (x, y) => (x - at.x) ** 2 + (y - at.y) ** 2 <= radius ** 2);
  }

  stroke(path: readonly At[]): void {
    path.forEach((to, i) => {
      if (i === 0 && path.length > 1) return;
      const from = path[i - 1] ?? to;
      const steps = Math.max(1, Math.floor(Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y)) / STROKE_RADIUS) + 1);
      for (let k = 0; k <= steps; k++) this.disc({ x: from.x + (k / steps) * (to.x - from.x), y: from.y + (k / steps) * (to.y - from.y) }, STROKE_RADIUS);
    });
  }

  /** The pixels x0..x1 - 1, y0..y1 - 1 that `wanted` wants. */
  rectangle(x0: number, y0: number, x1: number, y1: number, wanted: (x: number, y: number) => boolean = () => true): void {
    const { width, height } = this.#size;
    const data = (this.#data ??= new Uint8Array(width * height));
    for (let y = Math.max(0, Math.floor(y0)); y < Math.min(height, y1); y++) {
      for (let x = Math.max(0, Math.floor(x0)); x < Math.min(width, x1); x++) if (wanted(x, y)) data[y * width + x] = 1;
    }
  }
}

/**
 * @param picture size that the marks' pixels refer to
 * @param content where the picture lies on the canvas: at the left and top, scaled
 */
export function drawMarks(marks: Marks, picture: Size, content: Size, canvas: Size): Drawn {
  const scale = { x: content.width / picture.width, y: content.height / picture.height };
  const on = (p: At): At => ({ x: p.x * scale.x, y: p.y * scale.y });
  const [positive, negative, box] = [new Canvas(canvas), new Canvas(canvas), new Canvas(canvas)];
  for (const click of marks.clicks ?? []) (click.positive ? positive : negative).disc(on(click), CLICK_RADIUS);
  if (marks.stroke) positive.stroke(marks.stroke.map(on));
  const { mask } = marks;
  if (mask) {
    positive.rectangle(0, 0, content.width, content.height, (x, y) => nearest(mask, content, x, y));
    if (!positive.data?.includes(1)) places(mask, content).forEach(({ x, y }) => positive.rectangle(x, y, x + 1, y + 1));
  }
  const part = marks.box && onPicture(marks.box, picture);
  if (part) {
    const [left, top, width, height] = part;
    const [a, b] = [on({ x: left, y: top }), on({ x: left + width, y: top + height })];
    // One that touches the picture's edge by less than half a pixel still means that edge.
    const [x0, y0] = [Math.min(half(a.x), content.width - 1), Math.min(half(a.y), content.height - 1)];
    box.rectangle(x0, y0, Math.max(half(b.x), x0 + 1), Math.max(half(b.y), y0 + 1));
  }
  return { positive: positive.data, negative: negative.data, box: box.data };
}

function nearest(mask: Mask, content: Size, x: number, y: number): boolean {
  const px = Math.floor(((x + 0.5) * mask.width) / content.width);
  const py = Math.floor(((y + 0.5) * mask.height) / content.height);
  return mask.data[py * mask.width + px] === 1;
}

/** Where a mask's pixels fall on the content: for one so thin that its nearest pixels leave it out. */
function places(mask: Mask, content: Size): At[] {
  const found: At[] = [];
  mask.data.forEach((inside, i) => {
    if (inside !== 1) return;
    found.push({ x: Math.floor(((i % mask.width) * content.width) / mask.width), y: Math.floor((Math.floor(i / mask.width) * content.height) / mask.height) });
  });
  return found;
}
