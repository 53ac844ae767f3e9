/** How things are shown. Nothing here restarts any work. */
import type { View } from '../../engine/picture/screen.ts';
import type { Language } from '../../i18n/index.ts';

export type Theme = 'system' | 'light' | 'dark';
export type PaletteId = 'safe' | 'data' | 'one';
export type Tool = 'pick' | 'point' | 'box' | 'brush' | 'eraser' | 'pan';
/** What a plain mark with the point tool means: a new thing, more of it, or what is not of it. */
export const MARK_KINDS = ['new', 'inside', 'outside'] as const;
export type MarkKind = (typeof MARK_KINDS)[number];
export type Sheet = 'names' | 'save' | 'model' | 'address' | 'camera' | 'help' | null;

export interface ViewSlice {
  readonly theme: Theme;
  readonly language: Language;
  readonly palette: PaletteId;
  readonly patterns: boolean;
  readonly labels: boolean;
  readonly masks: boolean;
  /** Strength of the masks, 0..1. */
  readonly opacity: number;
  /** Segments that score less are dimmed. */
  readonly threshold: number;
  /** How closely outlines follow the masks, 0..1. */
  readonly detail: number;
  readonly tool: Tool;
  readonly mark: MarkKind;
  /** Radius of the brush in screen pixels. */
  readonly brush: number;
  /** Null: the whole picture, fitted. */
  readonly camera: View | null;
  readonly sheet: Sheet;
  /** A file is being dragged over the page. */
  readonly dragging: boolean;
}

export const viewSlice: ViewSlice = {
  theme: 'system', language: 'en', palette: 'safe', patterns: false, labels: true, masks: true,
  opacity: 1, threshold: 0.5, detail: 0.8, tool: 'pick', mark: 'new', brush: 14, camera: null, sheet: null, dragging: false,
};
