/** Captions and answers as CSV: one line a caption, one an answer. */
import { table } from './csv.ts';

export interface SavedWords {
  readonly picture: string;
  readonly kind: 'caption' | 'region caption' | 'answer';
  /** What the caption is about, or the question. */
  readonly about: string;
  readonly text: string;
  /** 1 is the likeliest. */
  readonly rank: number;
  readonly score: number;
}

const COLUMNS = ['picture', 'kind', 'about', 'text', 'rank', 'score'] as const;

export const wordsTable = (rows: readonly SavedWords[]): string => table(COLUMNS, rows.map(({ score, ...row }) => ({ ...row, score: Number(score.toFixed(4)) })));
