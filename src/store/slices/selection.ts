/** What is pointed at and picked in the current picture. */
import type { Box, Point } from '../../masks/types.ts';

/** A brush stroke in picture pixels: kept as a line, so that it can be redone and drawn at any size. */
export interface Stroke {
  readonly mode: 'add' | 'remove';
  readonly radius: number;
  readonly points: readonly Point[];
}

export interface SelectionSlice {
  /** Segment under the pointer, or focused in the list. */
  readonly hovered: number | null;
  readonly picked: readonly number[];
  readonly strokes: readonly Stroke[];
  /** Box or stroke being drawn. */
  readonly drawing: { readonly kind: 'box'; readonly box: Box } | { readonly kind: 'stroke'; readonly stroke: Stroke } | null;
}

export const selectionSlice: SelectionSlice = { hovered: null, picked: [], strokes: [], drawing: null };
