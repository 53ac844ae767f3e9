/** What is saved: the regions of one picture at the picture's own size. */
import type { Box, Size } from '../masks/types.ts';

export interface SavedRegion {
  /** Value in `ids`; 1, 2, … */
  readonly id: number;
  readonly label: string;
  readonly score: number;
  readonly isThing: boolean;
  readonly area: number;
  readonly bbox: Box;
  readonly color: readonly [number, number, number];
}

export interface Saving {
  /** File name of the picture. */
  readonly name: string;
  readonly size: Size;
  /** Region of every pixel, row-major; 0 = none. */
  readonly ids: Uint16Array;
  readonly regions: readonly SavedRegion[];
}
