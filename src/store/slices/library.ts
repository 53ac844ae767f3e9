/** The visitor's pictures. Blobs and bitmaps live in the shelf; here are only their keys and what is known of them. */
import type { PictureId, Size, Timings } from '../../engine/api.ts';

export type PictureKey = string & { readonly __brand: 'PictureKey' };

export interface Picture {
  readonly key: PictureKey;
  readonly name: string;
  readonly size: Size;
  readonly format: string;
  /** Object URL of the file itself: thumbnail and drawing read from it. */
  readonly url: string;
  readonly engineId: PictureId;
  readonly timings: Timings;
}

/** Closed, and as it was: until it is forgotten it can be had back. */
export interface Closed {
  readonly picture: Picture;
  /** Its place among the others. */
  readonly at: number;
}

export interface LibrarySlice {
  readonly pictures: readonly Picture[];
  readonly current: PictureKey | null;
  /** Names of the files being opened; not empty means busy. */
  readonly opening: readonly string[];
  /** The last few that were closed, newest last. */
  readonly closed: readonly Closed[];
}

export const librarySlice: LibrarySlice = { pictures: [], current: null, opening: [], closed: [] };
