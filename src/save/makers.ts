/** How each format is made: regions in, a file out. */
import { coco } from './coco.ts';
import { csv } from './csv.ts';
import { cutout } from './cutout.browser.ts';
import type { FormatId } from './formats.ts';
import { labelMap } from './labels.ts';
import { svg } from './svg.ts';
import type { Saving } from './types.ts';

/** @param picture the pixels, for formats that show them */
type Make = (saving: Saving, picture: ImageBitmap | null) => Promise<Blob>;

const text = (write: (saving: Saving) => string, type: string): Make => async (saving) => new Blob([write(saving)], { type });

export const MAKERS: Readonly<Record<FormatId, Make>> = {
  cutout,
  labels: async (saving) => new Blob([Uint8Array.from(labelMap(saving))], { type: 'image/png' }),
  coco: text(coco, 'application/json'),
  svg: text(svg, 'image/svg+xml'),
  csv: text(csv, 'text/csv'),
};
