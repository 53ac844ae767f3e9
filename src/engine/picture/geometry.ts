/**
 * Picture <-> model <-> screen: the one place that knows how a picture lies in the model's input.
 *
 * The picture is scaled to `content` (short side as the pack says), then padded at the right and bottom to `padded`.
 * Coordinates are continuous: pixel i covers i..i+1.
 */
import { compose, resizeTaps, type ResizeKind, slice, type Taps } from '../../masks/resample.ts';
import type { Point, Size } from '../../masks/types.ts';
import { MASK_STRIDE, type MaskMapping } from '../../tasks/head.ts';
import type { SizeEntry } from '../pack/schema.ts';
import { Recent } from './recent.ts';

const up = (n: number, multiple: number): number => Math.ceil(n / multiple) * multiple;
const atLeastOne = (n: number): number => Math.max(1, Math.floor(n));

export class Geometry {
  readonly picture: Size;
  readonly content: Size;
  readonly padded: Size;

  private constructor(picture: Size, content: Size, padded: Size) {
    this.picture = picture;
    this.content = content;
    this.padded = padded;
  }

  /** Rounds half up, as the official evaluation does (spec section 2). */
  static of(picture: Size, size: SizeEntry, padMultiple: number): Geometry {
    const { width, height } = picture;
    const content = size.square ? { width: size.shortSide, height: size.shortSide } : scaled(width, height, size.shortSide, size.maxLongSide);
    const padded = { width: up(content.width, padMultiple), height: up(content.height, padMultiple) };
    // A copy: callers pass decoded pictures, whose bytes must not be held by a geometry.
    return new Geometry({ width, height }, content, padded);
  }

  toModel(p: Point): Point {
    return { x: (p.x * this.content.width) / this.picture.width, y: (p.y * this.content.height) / this.picture.height };
  }

  toPicture(p: Point): Point {
    return { x: (p.x * this.picture.width) / this.content.width, y: (p.y * this.picture.height) / this.content.height };
  }

  /** Size of the mask logits. */
  get masks(): Size {
    return { width: this.padded.width / MASK_STRIDE, height: this.padded.height / MASK_STRIDE };
  }

  /** Weights from stride-4 logits to a mask at `size`: up to the padded input, without padding, to the size (spec section 8). */
  mapping(size: Size, kind: ResizeKind): MaskMapping {
    const y = axis(this.masks.height, this.padded.height, this.content.height, size.height, kind);
    const x = axis(this.masks.width, this.padded.width, this.content.width, size.width, kind);
    return { size, y, x };
  }
}

function scaled(width: number, height: number, shortSide: number, maxLongSide: number | undefined): Size {
  const short = shortSide / Math.min(width, height);
  const scale = maxLongSide !== undefined && Math.max(width, height) * short > maxLongSide ? maxLongSide / Math.max(width, height) : short;
  return { width: atLeastOne(width * scale + 0.5), height: atLeastOne(height * scale + 0.5) };
}

const AXES = new Recent<Taps>(16);

function axis(source: number, padded: number, content: number, target: number, kind: ResizeKind): Taps {
  return AXES.of(`${source} ${padded} ${content} ${target} ${kind}`, () => compose(slice(resizeTaps(source, padded, kind), 0, content), resizeTaps(content, target, kind)));
}
