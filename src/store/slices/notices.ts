/** What the person must be told: notices to see, announcements to hear. */
import type { Failure } from '../failure.ts';

export interface Notice {
  readonly id: number;
  readonly tone: 'problem' | 'note';
  readonly text: string | null;
  readonly failure: Failure | null;
  readonly retry: 'load' | 'run' | null;
}

export interface NoticesSlice {
  readonly list: readonly Notice[];
  readonly announcement: { readonly serial: number; readonly text: string };
}

export const noticesSlice: NoticesSlice = { list: [], announcement: { serial: 0, text: '' } };
