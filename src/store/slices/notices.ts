/** What the person must be told: notices to see, announcements to hear. */
import type { Failure } from '../failure.ts';
import type { PictureKey } from './library.ts';

/** What is brought back by a notice's button. */
export type Undo = { readonly kind: 'picture'; readonly key: PictureKey } | { readonly kind: 'items'; readonly batch: number };

export interface Notice {
  readonly id: number;
  readonly tone: 'problem' | 'note';
  readonly text: string | null;
  readonly failure: Failure | null;
  /** A picture was refused, and nothing came with it: what was in view still is. */
  readonly stays: boolean;
  /** What its button does: try again what failed, or change to the newer version of the page. */
  readonly retry: 'load' | 'run' | 'update' | null;
  readonly undo: Undo | null;
}

export interface NoticesSlice {
  readonly list: readonly Notice[];
  readonly announcement: { readonly serial: number; readonly text: string };
}

export const noticesSlice: NoticesSlice = { list: [], announcement: { serial: 0, text: '' } };
