/** How many tiles stand beside each other: as many as fit at their least width, stretched to fill the row. */
export interface Layout {
  readonly columns: number;
  readonly side: number;
}

export const GAP = 6;

export function layoutOf(width: number): Layout {
  const least = width < 480 ? 96 : width > 1400 ? 156 : 132;
  const columns = Math.max(2, Math.floor((width + GAP) / (least + GAP)));
  return { columns, side: Math.max(1, (width - GAP * (columns - 1)) / columns) };
}

/** Where a key leads from tile `at`, or null when it is not for the grid. */
export function stepFrom(key: string, at: number, count: number, { columns }: Layout, page: number): number | null {
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: at - 1, ArrowRight: at + 1, ArrowUp: at - columns, ArrowDown: at + columns,
    PageUp: at - columns * page, PageDown: at + columns * page, Home: 0, End: count - 1,
  };
  const to = steps[key];
  if (to === undefined) return null;
  // Up and down never leave the grid sideways.
  if (to < 0) return key === 'ArrowLeft' ? 0 : at % columns;
  return Math.min(to, count - 1);
}
