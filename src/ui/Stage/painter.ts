/** Draws a scene on three canvases: the picture, the masks, and lines with labels. Device pixels, once a frame at most. */
import type { View } from '../../engine/picture/screen.ts';
import type { Size } from '../../masks/types.ts';
import { fitted, kept, type Insets } from './camera.ts';
import { drawLabels } from './labels.ts';
import { drawLines } from './lines.ts';
import { MaskBitmaps } from './masks.ts';
import { sourceFor } from './reduced.ts';
import type { Scene } from './scene.ts';

export interface Canvases {
  readonly picture: HTMLCanvasElement;
  readonly masks: HTMLCanvasElement;
  readonly lines: HTMLCanvasElement;
}

/** Beyond this many screen pixels a picture pixel, pixels are shown as they are. */
const SQUARE_PIXELS = 6;
const CORNER = 4;
const LAYERS = ['picture', 'masks', 'lines'] as const;
const still = matchMedia('(prefers-reduced-motion: reduce)');

export class Painter {
  readonly #canvases: Canvases;
  readonly #bitmaps = new MaskBitmaps();
  #scene: Scene | null = null;
  #stage: Size = { width: 0, height: 0 };
  #insets: Insets = { top: 0, right: 0, bottom: 0, left: 0 };
  #frame = 0;
  #shown: readonly (string | undefined)[] = [];
  readonly #drawn = new Map<keyof Canvases, readonly unknown[]>();
  readonly #onDrawn: (ms: number) => void;

  /** @param onDrawn called with the time that a result took to draw when it is new */
  constructor(canvases: Canvases, onDrawn: (ms: number) => void) {
    this.#canvases = canvases;
    this.#onDrawn = onDrawn;
  }

  resize(stage: Size, insets: Insets): void {
    this.#stage = stage;
    this.#insets = insets;
    this.#drawn.clear();
    for (const canvas of Object.values(this.#canvases)) {
      canvas.width = Math.round(stage.width * devicePixelRatio);
      canvas.height = Math.round(stage.height * devicePixelRatio);
    }
    this.#draw();
  }

  show(scene: Scene | null): void {
    this.#scene = scene;
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#draw());
  }

  get stage(): Size {
    return this.#stage;
  }

  get fit(): View | null {
    return this.#scene && fitted(this.#scene.picture.size, this.#stage, this.#insets);
  }

  get view(): View | null {
    const camera = this.#scene?.camera;
    return camera && this.#scene ? kept(camera, this.#scene.picture.size, this.#stage) : this.fit;
  }

  dispose(): void {
    cancelAnimationFrame(this.#frame);
  }

  /** A cleared context of a layer; null when the layer shows all of this already. */
  #context(name: keyof Canvases, shows: readonly unknown[]): CanvasRenderingContext2D | null {
    const before = this.#drawn.get(name);
    if (before?.length === shows.length && before.every((part, i) => part === shows[i])) return null;
    this.#drawn.set(name, shows);
    const context = this.#canvases[name].getContext('2d');
    // Everything, the clip to the picture before included.
    context?.reset();
    context?.scale(devicePixelRatio, devicePixelRatio);
    return context;
  }

  #draw(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const scene = this.#scene;
    const view = this.view;
    if (this.#stage.width === 0) return;
    if (!scene || !view) {
      for (const name of LAYERS) this.#context(name, []);
      return;
    }
    const started = performance.now();
    const { width, height } = scene.picture.size;
    const box = [view.x, view.y, width * view.scale, height * view.scale] as const;
    const place = [...box, this.#stage, this.#insets.left];
    const accent = getComputedStyle(this.#canvases.lines).getPropertyValue('--accent').trim();
    const clip = (context: CanvasRenderingContext2D): void => {
      context.beginPath();
      context.roundRect(...box, this.#insets.left > 0 ? CORNER : 0);
      context.clip();
      context.imageSmoothingQuality = 'high';
      context.imageSmoothingEnabled = view.scale < SQUARE_PIXELS;
    };

    const picture = this.#context('picture', [scene.bitmap, ...place]);
    if (picture && scene.bitmap) {
      clip(picture);
      const shown = { width: box[2] * devicePixelRatio, height: box[3] * devicePixelRatio };
      picture.drawImage(sourceFor(scene.bitmap, shown), ...box);
    }

    const seen = scene.find ? null : this.#bitmaps.seen(scene);
    const around = this.#bitmaps.around(scene);
    const selected = around ? null : this.#bitmaps.selected(scene, accent);
    const masks = this.#context('masks', [seen, around, selected, scene.opacity, ...place]);
    if (masks) {
      clip(masks);
      masks.globalAlpha = scene.opacity;
      if (seen) masks.drawImage(seen, ...box);
      masks.globalAlpha = 1;
      if (around) masks.drawImage(around, ...box);
      masks.globalAlpha = 0.45;
      if (selected) masks.drawImage(selected, ...box);
    }

    // Outlines and labels change with most of the scene: they are few, and drawn anew.
    const lines = this.#context('lines', [scene, accent, ...place]);
    if (lines) {
      drawLines(lines, scene, view, { accent });
      drawLabels(lines, scene, view, this.#stage);
    }
    if (this.#move(scene)) this.#onDrawn(performance.now() - started);
  }

  /** New masks fade in; a found region breathes once. True when there is a new result to see. */
  #move(scene: Scene): boolean {
    const now = [scene.find?.result.id, scene.find ? undefined : scene.see?.result.id, scene.find?.outlines ? 'traced' : undefined];
    const before = this.#shown;
    this.#shown = now;
    const fresh = (now[0] ?? now[1]) !== undefined && (now[0] !== before[0] || now[1] !== before[1]);
    if (still.matches) return fresh;
    if (fresh) {
      this.#canvases.masks.animate([{ opacity: 0 }, { opacity: 1 }], { duration: 180, easing: 'ease-out' });
    }
    if (now[2] !== undefined && (before[2] === undefined || now[0] !== before[0])) {
      this.#canvases.lines.animate([{ opacity: 0 }, { opacity: 1 }, { opacity: 0.45 }, { opacity: 1 }], { duration: 700, easing: 'ease-in-out' });
    }
    return fresh;
  }
}
