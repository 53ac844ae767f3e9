/** Picture <-> screen: where a picture lies in a view that is zoomed and panned. */
import type { Point, Size } from '../../masks/types.ts';

export interface View {
  /** Screen pixels a picture pixel. */
  readonly scale: number;
  /** Screen position of the picture's top left corner. */
  readonly x: number;
  readonly y: number;
}

/** The whole picture, centred, never larger than `maxScale`. */
export function fitView(picture: Size, screen: Size, maxScale = Infinity): View {
  const scale = Math.min(screen.width / picture.width, screen.height / picture.height, maxScale);
  return { scale, x: (screen.width - picture.width * scale) / 2, y: (screen.height - picture.height * scale) / 2 };
}

export const toScreen = (view: View, p: Point): Point => ({ x: p.x * view.scale + view.x, y: p.y * view.scale + view.y });

export const fromScreen = (view: View, p: Point): Point => ({ x: (p.x - view.x) / view.scale, y: (p.y - view.y) / view.scale });

/** Zooms by a factor so that the picture point under `anchor` (screen) stays where it is. */
export function zoomAt(view: View, anchor: Point, factor: number): View {
  const fixed = fromScreen(view, anchor);
  const scale = view.scale * factor;
  return { scale, x: anchor.x - fixed.x * scale, y: anchor.y - fixed.y * scale };
}
