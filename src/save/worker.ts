/** Files are made here: those of 48 megapixels take seconds, in which the page stays its person's. */
import { expose } from 'comlink';
import type { FormatId } from './formats.ts';
import { MAKERS } from './makers.ts';
import { measured } from './measured.ts';
import type { Draft } from './types.ts';

const service = {
  /** Null when no pixel is left to save. */
  async make(format: FormatId, draft: Draft, picture: ImageBitmap | null): Promise<Blob | null> {
    const saving = measured(draft);
    const blob = saving && (await MAKERS[format](saving, picture));
    picture?.close();
    return blob;
  },
};

export type SaveService = typeof service;

expose(service);
