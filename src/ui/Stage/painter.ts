/** Draws a scene on three canvases: the picture, the masks, and lines with labels. Device pixels, once a frame at most. */
import type { View } from '../../engine/picture/screen.ts';
import type { Size } from '../../masks/types.ts';
import { fitted, kept, type Insets } from './camera.ts';
import { drawLabels } from './labels.ts';
import { drawLines } from './lines.ts';
import { MaskBitmaps } from './masks.ts';
import type { Scene } from './scene.ts';

export interface Canvases {
  readonly picture: HTMLCanvasElement;
  readonly masks: HTMLCanvasElement;
  readonly lines: HTMLCanvasElement;
}

/** Beyond this many screen pixels a picture pixel, pixels are shown as they are. */
const SQUARE_PIXELS = 6;
const CORNER = 4;
const still = matchMedia('(prefers-reduced-motion: reduce)');

export class Painter {
  readonly #canvases: Canvases;
  readonly #bitmaps = new MaskBitmaps();
  #scene: Scene | null = null;
  #stage: Size = { width: 0, height: 0 };
  #insets: Insets = { top: 0, right: 0, bottom: 0, left: 0 };
  #frame = 0;
  #shown: readonly (string | undefined)[] = [];

  constructor(canvases: Canvases) {
    this.#canvases = canvases;
  }

  resize(stage: Size, insets: Insets): void {
    this.#stage = stage;
    this.#insets = insets;
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

  #context(name: keyof Canvases): CanvasRenderingContext2D | null {
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
    const [picture, masks, lines] = [this.#context('picture'), this.#context('masks'), this.#context('lines')];
    if (!scene || !view || !picture || !masks || !lines || this.#stage.width === 0) return;
    const { width, height } = scene.picture.size;
    const box = [view.x, view.y, width * view.scale, height * view.scale] as const;
    for (const context of [picture, masks]) {
      context.beginPath();
      context.roundRect(...box, this.#insets.left > 0 ? CORNER : 0);
      context.clip();
      context.imageSmoothingQuality = 'high';
      context.imageSmoothingEnabled = view.scale < SQUARE_PIXELS;
    }
    if (scene.bitmap) picture.drawImage(scene.bitmap, ...box);
    const accent = getComputedStyle(this.#canvases.lines).getPropertyValue('--accent').trim();
    const seen = scene.find ? null : this.#bitmaps.seen(scene);
    const around = this.#bitmaps.around(scene);
    const selected = this.#bitmaps.selected(scene, accent);
    masks.globalAlpha = scene.opacity;
    if (seen) masks.drawImage(seen, ...box);
    masks.globalAlpha = 1;
    if (around) masks.drawImage(around, ...box);
    masks.globalAlpha = 0.45;
    if (selected && !around) masks.drawImage(selected, ...box);
    masks.globalAlpha = 1;
    drawLines(lines, scene, view, { accent });
    drawLabels(lines, scene, view, this.#stage);
    this.#move(scene);
  }

  /** New masks fade in; a found region breathes once. */
  #move(scene: Scene): void {
    const now = [scene.find?.result.id, scene.find ? undefined : scene.see?.result.id, scene.find?.outlines ? 'traced' : undefined];
    const before = this.#shown;
    this.#shown = now;
    if (still.matches || now.every((id, i) => id === before[i])) return;
    if (now[0] !== before[0] || now[1] !== before[1]) {
      this.#canvases.masks.animate([{ opacity: 0 }, { opacity: 1 }], { duration: 180, easing: 'ease-out' });
    }
    if (now[2] !== undefined && (before[2] === undefined || now[0] !== before[0])) {
      this.#canvases.lines.animate([{ opacity: 0 }, { opacity: 1 }, { opacity: 0.45 }, { opacity: 1 }], { duration: 700, easing: 'ease-in-out' });
    }
  }
}
