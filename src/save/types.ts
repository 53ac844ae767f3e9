/** What is saved: the regions of one picture at the picture's own size. */
import type { Box, Size } from '../masks/types.ts';

export interface DraftRegion {
  /** Value in `ids`; 1, 2, … */
  readonly id: number;
  readonly label: string;
  readonly score: number;
  readonly isThing: boolean;
  readonly color: readonly [number, number, number];
}

export interface SavedRegion extends DraftRegion {
  readonly area: number;
  readonly bbox: Box;
}

/** What is to be saved, not yet measured: pixels of other regions may be among its own. */
export interface Draft {
  /** File name of the picture. */
  readonly name: string;
  readonly size: Size;
  /** Region of every pixel, row-major; 0 = none. */
  readonly ids: Uint16Array;
  readonly regions: readonly DraftRegion[];
}

/** Every pixel belongs to one of its regions or to none. */
export interface Saving extends Draft {
  readonly regions: readonly SavedRegion[];
}
