import type { Inmost } from '../masks/inmost.ts';
import type { Size } from '../masks/types.ts';

/** A closed line: x, y, x, y, … in pixels of the map it was traced from. Outer lines run clockwise, holes against. */
export type Ring = Float32Array;

export interface Outlines {
  readonly size: Size;
  /** Rings of every region; index = region number. */
  readonly rings: readonly (readonly Ring[])[];
  /** Point of every region that lies farthest from its border. */
  readonly inmost: readonly (Inmost | null)[];
}
