/** How large masks are asked for. */
import type { Size } from '../masks/types.ts';

/** Masks are asked for no larger than a screen shows them; saving asks again at the picture's own size. */
const SHOWN_LONG_SIDE = 1280;

export function shownSize({ width, height }: Size): Size {
  const scale = Math.min(1, SHOWN_LONG_SIDE / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}
