/** The selection as pixels: picked regions, then brush strokes over them in the order in which they were made. */
import type { Size } from '../../masks/types.ts';
import type { SelectionSlice, Stroke } from '../../store/slices/selection.ts';
import type { Regions } from '../../store/vault.ts';
import { paintRegions } from './paint-regions.ts';

type Selected = Pick<SelectionSlice, 'picked' | 'strokes'>;

/** @param picture size in which the strokes are measured */
export function selectionCanvas(regions: Regions | null, size: Size, picture: Size, { picked, strokes }: Selected): OffscreenCanvas {
  const chosen = new Set(picked);
  const canvas = regions
    ? paintRegions(regions, (id) => (chosen.has(id) ? { color: [0, 0, 0], alpha: 1, pattern: null } : null))
    : new OffscreenCanvas(size.width, size.height);
  const context = canvas.getContext('2d');
  if (!context) return canvas;
  context.scale(canvas.width / picture.width, canvas.height / picture.height);
  context.lineCap = context.lineJoin = 'round';
  for (const stroke of strokes) drawStroke(context, stroke);
  context.globalCompositeOperation = 'source-over';
  context.resetTransform();
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
export function maskOf(canvas: OffscreenCanvas): Uint8Array {
  const { width, height } = canvas;
  const data = canvas.getContext('2d')?.getImageData(0, 0, width, height).data;
  const mask = new Uint8Array(width * height);
  if (data) for (let i = 0; i < mask.length; i++) mask[i] = (data[4 * i + 3] as number) >= 128 ? 1 : 0;
  return mask;
}
