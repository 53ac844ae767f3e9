/** What is pointed at and picked in the current picture, and what the person made of its regions. */
import type { Box, Point } from '../../masks/types.ts';
import type { Click } from '../../tasks/types.ts';

/** A brush stroke in picture pixels: kept as a line, so that it can be redone and drawn at any size. */
export interface Stroke {
  readonly mode: 'add' | 'remove';
  readonly radius: number;
  readonly points: readonly Point[];
}

/** The part of a selection that can be undone. */
export interface Marked {
  readonly picked: readonly number[];
  readonly strokes: readonly Stroke[];
  /** What the picked region was pointed out by. */
  readonly marks: readonly Click[];
  /** Names that the person gave to regions. */
  readonly renamed: Readonly<Record<number, string>>;
  /** Regions that the person took away. */
  readonly removed: readonly number[];
  /** List of names of the result whose region numbers these are; null before any result. */
  readonly of: string | null;
}

export interface SelectionSlice extends Marked {
  /** Region under the pointer, or focused in the list. */
  readonly hovered: number | null;
  /** Box or stroke being drawn. */
  readonly drawing: { readonly kind: 'box'; readonly box: Box } | { readonly kind: 'stroke'; readonly stroke: Stroke } | null;
}

export const nothingPicked = { picked: [], strokes: [], marks: [] } as const satisfies Partial<Marked>;
export const nothingMarked: Marked = { ...nothingPicked, renamed: {}, removed: [], of: null };
export const selectionSlice: SelectionSlice = { hovered: null, drawing: null, ...nothingMarked };

export const markedOf = ({ picked, strokes, marks, renamed, removed, of }: Marked): Marked => ({ picked, strokes, marks, renamed, removed, of });

/** Whether something is picked or pointed at. */
export const hasSelection = ({ picked, strokes, marks }: Marked): boolean => picked.length + strokes.length + marks.length > 0;
