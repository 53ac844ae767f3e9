/** A failure as the interface shows it: where it happened, why, and what to do. */
import { EngineError, asEngineError, type ErrorCode, type Stage } from '../engine/errors.ts';

export interface Failure {
  readonly code: ErrorCode;
  readonly stage: Stage;
  readonly message: string;
  readonly advice: string;
  /** The file it concerns, if any. */
  readonly subject: string | null;
}

/** Whether another picture may go well: elsewhere than there, the next one would only meet it again. */
export const isOfPicture = ({ stage }: Failure): boolean => stage === 'decode' || stage === 'infer';

export function failureOf(error: unknown, subject: string | null = null): Failure {
  const known = error instanceof EngineError ? error : asEngineError(error, 'internal', 'Something went wrong');
  return { ...known.toPlain(), subject };
}
