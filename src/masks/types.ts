/** Plain shapes that every layer shares. Arrays are row-major; a mask holds 0 or 1 a pixel. */

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** x, y, width, height in pixels: the smallest box around the set pixels. An empty mask has 0, 0, 0, 0. */
export type Box = readonly [number, number, number, number];

/** A mask: 1 inside, 0 outside. */
export interface Mask extends Size {
  readonly data: Uint8Array;
}

/** Mask logits of several queries: count planes of height x width, one after the other. */
export interface LogitPlanes extends Size {
  readonly count: number;
  readonly data: Float32Array;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}
