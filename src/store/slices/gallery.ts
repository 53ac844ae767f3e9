/** The gallery: pictures to search in, the person's own or those of an index, and what was asked of them. */
import type { IndexReport } from '../../gallery/parquet/read.ts';
import type { SetName } from '../../gallery/service.ts';
import type { Size } from '../../engine/api.ts';
import type { Failure } from '../failure.ts';
import type { PictureKey } from './library.ts';

export type ItemId = number & { readonly __brand: 'ItemId' };

/** Read: its vector is there and it can be found. */
export type ItemState = 'waiting' | 'reading' | 'read' | 'broken';

export interface Item {
  readonly id: ItemId;
  /** Inside the dropped folder, with its name. */
  readonly path: string;
  readonly name: string;
  readonly bytes: number;
  readonly modified: number;
  readonly state: ItemState;
  readonly size: Size | null;
  /** Object URL of its thumbnail, or of the file while there is none. */
  readonly thumb: string | null;
  readonly failure: Failure | null;
  /** Where it is open. */
  readonly picture: PictureKey | null;
  /** Whether its file is at hand: kept pictures come back as thumbnails only. */
  readonly here: boolean;
}

export type Query =
  | { readonly kind: 'words'; readonly text: string }
  | { readonly kind: 'like'; readonly set: SetName; readonly id: number; readonly name: string };

export interface Hits {
  readonly query: Query;
  readonly set: SetName;
  /** Best first: ids of items, or row numbers of the index. */
  readonly ids: readonly number[];
  readonly scores: readonly number[];
  /** From the vector of the query to the ranking. */
  readonly ms: number;
}

export interface OpenedIndex {
  readonly name: string;
  readonly report: IndexReport;
  /** Rows whose vectors are in. */
  readonly loaded: number;
  /** Share of the exact answer's best that the quick one finds, measured on some of its own vectors once it is in. */
  readonly recall: number | null;
  /** Where its pictures are: files that were granted, or an address before their paths. */
  readonly granted: number;
  readonly prefix: string;
}

export interface GallerySlice {
  readonly items: readonly Item[];
  /** Which of the two is shown. */
  readonly set: SetName;
  readonly paused: boolean;
  /** Files that were left out because they are no pictures. */
  readonly leftOut: number;
  /** Kept between visits. */
  readonly keep: boolean;
  readonly keptBytes: number;
  readonly asked: Query | null;
  readonly hits: Hits | null;
  readonly searching: boolean;
  readonly index: OpenedIndex | null;
  /** An index is being opened. */
  readonly opening: boolean;
  /** Grows when rows of the index arrive that the grid may be waiting for. */
  readonly rows: number;
  /** Tile in focus: an item's id or a row number. */
  readonly focused: number | null;
}

export const gallerySlice: GallerySlice = {
  items: [], set: 'own', paused: false, leftOut: 0, keep: false, keptBytes: 0, asked: null, hits: null, searching: false, index: null, opening: false, rows: 0, focused: null,
};
