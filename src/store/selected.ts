/** The selection as pixels: picked regions and proposals, then brush strokes over them in the order in which they were made. */
import type { Mask, Size } from '../masks/types.ts';
import type { App } from './app.ts';
import { currentPicture, overlays, rawSee } from './select.ts';
import type { Marked, Stroke } from './slices/selection.ts';
import type { Regions } from './vault.ts';

export interface Selectable {
  readonly marked: Pick<Marked, 'picked' | 'strokes'>;
  /** Null while nothing has been seen: strokes can be drawn all the same. */
  readonly regions: Regions | null;
  /** Masks of the proposals that are picked. */
  readonly proposed: readonly Regions[];
  /** Size of the result, which spans the picture. */
  readonly size: Size;
  /** Size in which the strokes are measured. */
  readonly picture: Size;
}

/** Opaque where selected. */
export function selectionCanvas({ marked: { picked, strokes }, regions, proposed, size, picture }: Selectable): OffscreenCanvas {
  const canvas = new OffscreenCanvas(size.width, size.height);
  const context = canvas.getContext('2d');
  if (!context) return canvas;
  const chosen = new Set(picked);
  if (regions) context.drawImage(opaqueWhere(regions, (id) => chosen.has(id)), 0, 0);
  for (const mask of proposed) context.drawImage(opaqueWhere(mask, (id) => id > 0), 0, 0, size.width, size.height);
  context.scale(size.width / picture.width, size.height / picture.height);
  context.lineCap = context.lineJoin = 'round';
  for (const stroke of strokes) drawStroke(context, stroke);
  context.globalCompositeOperation = 'source-over';
  context.resetTransform();
  return canvas;
}

function opaqueWhere({ ids, size: { width, height } }: Regions, inside: (id: number) => boolean): OffscreenCanvas {
  const canvas = new OffscreenCanvas(width, height);
  const pixels = Uint32Array.from(ids, (id) => (id !== 0 && inside(id) ? 0xff000000 : 0));
  canvas.getContext('2d')?.putImageData(new ImageData(new Uint8ClampedArray(pixels.buffer), width, height), 0, 0);
  return canvas;
}

function drawStroke(context: OffscreenCanvasRenderingContext2D, { mode, radius, points }: Stroke): void {
  const [first] = points;
  if (!first) return;
  context.globalCompositeOperation = mode === 'add' ? 'source-over' : 'destination-out';
  context.lineWidth = radius * 2;
  context.beginPath();
  context.moveTo(first.x, first.y);
  // A dot is a line of no length, which round caps make visible.
  for (const { x, y } of points.length > 1 ? points.slice(1) : points) context.lineTo(x, y);
  context.stroke();
}

/** 1 where the canvas covers at least half. */
export function maskOf(canvas: OffscreenCanvas): Mask {
  const { width, height } = canvas;
  const data = canvas.getContext('2d')?.getImageData(0, 0, width, height).data;
  const mask = new Uint8Array(width * height);
  if (data) for (let i = 0; i < mask.length; i++) mask[i] = (data[4 * i + 3] as number) >= 128 ? 1 : 0;
  return { width, height, data: mask };
}

/** What is selected in the picture in view; null when that is nothing. */
export function selectable(app: App): Selectable | null {
  const state = app.store.getState();
  const picture = currentPicture(state);
  const { picked, strokes } = state.selection;
  if (!picture || (picked.length === 0 && strokes.length === 0)) return null;
  const see = rawSee(state);
  const regions = (see && app.vault.regions(see.id)) ?? null;
  const proposed = overlays(state).flatMap(({ id, mask }) => (picked.includes(id) ? (app.vault.regions(mask) ?? []) : []));
  return { marked: { picked, strokes }, regions, proposed, size: regions?.size ?? picture.size, picture: picture.size };
}
