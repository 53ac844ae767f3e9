/** What every part of a run of the command line shares. */
import type { Engine, LoadReport } from '../engine/api.ts';
import { asEngineError, type PlainError } from '../engine/errors.ts';
import type { Arguments } from './args.ts';

export interface Run {
  readonly engine: Engine;
  readonly report: LoadReport;
  readonly args: Arguments;
  /** Progress, for people. */
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}

export const plain = (error: unknown): PlainError => asEngineError(error, 'internal', 'The request failed').toPlain();

/** An error as a results line has it. */
export function inLine(error: unknown): { readonly code: string; readonly stage: string; readonly message: string } {
  const { code, stage, message } = plain(error);
  return { code, stage, message };
}
