/** What every task head gets: the decoder's answer and how to bring masks back to the picture. */
import type { Taps } from '../masks/resample.ts';
import type { LogitPlanes, Size } from '../masks/types.ts';
import type { Rows } from './scores.ts';

/** Pixels of the padded model input, in each direction, to a cell of mask logits. */
export const MASK_STRIDE = 4;

export interface Decoded {
  /** Mask logits at stride 4 of the padded model input. */
  readonly masks: LogitPlanes;
  /** Class embeddings of the same queries, not normalised. */
  readonly embeddings: Rows;
  /** The image query's vector for retrieval, where the model has a matrix for it; else its class embedding serves. */
  readonly imageQuery?: Float32Array;
}

/** From stride-4 logits to the output size: up to the padded size, without the padding, to the output; one matrix an axis. */
export interface MaskMapping {
  readonly size: Size;
  readonly y: Taps;
  readonly x: Taps;
}

/** How a picture lies in the model's input: scaled to `content`, then padded at the right and bottom. */
export interface Placement {
  readonly picture: Size;
  readonly content: Size;
  readonly padded: Size;
}
