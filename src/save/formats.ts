/** The table of formats. A new one is a row here and a file beside. */
import type { PlainKey } from '../i18n/index.ts';
import { coco } from './coco.ts';
import { csv } from './csv.ts';
import { cutout } from './cutout.browser.ts';
import { labelMap } from './labels.ts';
import { svg } from './svg.ts';
import type { Saving } from './types.ts';

export interface Format {
  readonly id: string;
  readonly title: PlainKey;
  readonly note: PlainKey;
  /** What is put behind the picture's name. */
  readonly ending: string;
  /** As what it goes to the clipboard: browsers take PNG pictures and text. */
  readonly copyAs: 'image/png' | 'text/plain';
  make(saving: Saving, picture: ImageBitmap): Promise<Blob>;
}

const text = (write: (saving: Saving) => string, type: string): Format['make'] => async (saving) => new Blob([write(saving)], { type });
const image = { copyAs: 'image/png' } as const;
const plain = { copyAs: 'text/plain' } as const;

export const FORMATS: readonly Format[] = [
  { id: 'cutout', title: 'save.cutout', note: 'save.cutoutNote', ending: '-cutout.png', ...image, make: cutout },
  { id: 'labels', title: 'save.labels', note: 'save.labelsNote', ending: '-labels.png', ...image, make: async (saving) => new Blob([Uint8Array.from(labelMap(saving))], { type: 'image/png' }) },
  { id: 'coco', title: 'save.coco', note: 'save.cocoNote', ending: '-coco.json', ...plain, make: text(coco, 'application/json') },
  { id: 'svg', title: 'save.svg', note: 'save.svgNote', ending: '.svg', ...plain, make: text(svg, 'image/svg+xml') },
  { id: 'csv', title: 'save.csv', note: 'save.csvNote', ending: '.csv', ...plain, make: text(csv, 'text/csv') },
];
