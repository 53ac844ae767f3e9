/** Colours as the canvas writes them. */
import type { Rgb } from '../../masks/palette.ts';

export const css = ([r, g, b]: Rgb, alpha = 1): string => `rgb(${r} ${g} ${b} / ${alpha})`;

/** Towards white: the outline of a region is lighter than its fill. */
export const lighter = ([r, g, b]: Rgb, by = 0.45): Rgb => [r + (255 - r) * by, g + (255 - g) * by, b + (255 - b) * by];
