/** The table of formats. A new one is a row here, one in `makers.ts`, and a file beside. */
import type { PlainKey } from '../i18n/index.ts';

export type FormatId = 'cutout' | 'labels' | 'coco' | 'svg' | 'csv';

export interface Format {
  readonly id: FormatId;
  readonly title: PlainKey;
  readonly note: PlainKey;
  /** What is put behind the picture's name. */
  readonly ending: string;
  /** As what it goes to the clipboard: browsers take PNG pictures and text. */
  readonly copyAs: 'image/png' | 'text/plain';
  /** Whether the file shows the picture's own pixels. */
  readonly pictured: boolean;
}

const image = { copyAs: 'image/png', pictured: false } as const;
const plain = { copyAs: 'text/plain', pictured: false } as const;

export const FORMATS: readonly Format[] = [
  { id: 'cutout', title: 'save.cutout', note: 'save.cutoutNote', ending: '-cutout.png', ...image, pictured: true },
  { id: 'labels', title: 'save.labels', note: 'save.labelsNote', ending: '-labels.png', ...image },
  { id: 'coco', title: 'save.coco', note: 'save.cocoNote', ending: '-coco.json', ...plain },
  { id: 'svg', title: 'save.svg', note: 'save.svgNote', ending: '.svg', ...plain },
  { id: 'csv', title: 'save.csv', note: 'save.csvNote', ending: '.csv', ...plain },
];
