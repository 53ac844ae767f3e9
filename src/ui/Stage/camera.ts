/** Where the picture lies on the stage. */
import { fitView, zoomAt, type View } from '../../engine/picture/screen.ts';
import type { Point, Size } from '../../masks/types.ts';

export interface Insets {
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly left: number;
}

/** Small pictures are shown up to this many times their size. */
const MAX_FIT = 3;
const MAX_SCALE = 40;

/** The whole picture inside the free part of the stage. */
export function fitted(picture: Size, stage: Size, inset: Insets): View {
  const free = { width: Math.max(1, stage.width - inset.left - inset.right), height: Math.max(1, stage.height - inset.top - inset.bottom) };
  const view = fitView(picture, free, MAX_FIT);
  return { scale: view.scale, x: view.x + inset.left, y: view.y + inset.top };
}

/** Keeps the picture in reach: its middle or an edge always lies within the stage. */
export function kept(view: View, picture: Size, stage: Size): View {
  const bound = (at: number, length: number, room: number): number => {
    const margin = Math.min(80, room / 4);
    return Math.min(room - margin, Math.max(margin - length, at));
  };
  return { scale: view.scale, x: bound(view.x, picture.width * view.scale, stage.width), y: bound(view.y, picture.height * view.scale, stage.height) };
}

/** Zoomed about a point of the screen; null when that comes back to the fitted view. */
export function zoomed(view: View, about: Point, factor: number, fit: View, picture: Size, stage: Size): View | null {
  const scale = Math.min(Math.max(view.scale * factor, fit.scale), MAX_SCALE);
  if (scale <= fit.scale * 1.001) return null;
  return kept(zoomAt(view, about, scale / view.scale), picture, stage);
}
