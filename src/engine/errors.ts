/**
 * Every way in which the engine can fail, by name.
 *
 * `message` says in a sentence for people what happened, `advice` what to do about it, `stage` where on the way from
 * pack to result it happened; `cause` keeps the error underneath, when there was one.
 */

export const STAGES = ['manifest', 'download', 'device', 'session', 'probe', 'fetch', 'decode', 'input', 'infer', 'index', 'worker'] as const;
export type Stage = (typeof STAGES)[number];

interface Failure {
  readonly stage: Stage;
  readonly advice: string;
}

/** The table of failures: where each belongs and what to do next, unless the thrower knows better. */
export const FAILURES = {
  'manifest-missing': { stage: 'manifest', advice: 'Check the address of the model pack.' },
  'manifest-not-json': { stage: 'manifest', advice: 'Point at the manifest.json of a model pack.' },
  'manifest-invalid': { stage: 'manifest', advice: 'Export the pack again with a matching exporter.' },
  'network': { stage: 'download', advice: 'Check the connection and try again; what was already fetched is kept.' },
  'file-missing': { stage: 'download', advice: 'The pack is incomplete: copy or export it again.' },
  'file-is-html': { stage: 'download', advice: 'The server answers with a page instead of the file: check how the pack is hosted.' },
  'file-truncated': { stage: 'download', advice: 'The file on the server is shorter than the manifest says: copy it there again.' },
  'file-altered': { stage: 'download', advice: 'The file differs from what the manifest describes: copy or export the pack again.' },
  'no-device': { stage: 'device', advice: 'Use a current browser, or a pack with a variant for this machine.' },
  'device-lost': { stage: 'device', advice: 'Try again; if it repeats, restart the browser or use the CPU.' },
  'session-failed': { stage: 'session', advice: 'Close other tabs to free memory, or choose a smaller pack.' },
  'probe-failed': { stage: 'probe', advice: 'The pack computes wrong numbers on this machine: try another browser or another pack.' },
  'file-empty': { stage: 'decode', advice: 'Choose another file.' },
  'not-a-picture': { stage: 'decode', advice: 'Choose a JPEG, PNG, WebP, AVIF, GIF or SVG picture.' },
  'format-unsupported': { stage: 'decode', advice: 'Save the picture as JPEG or PNG and try again.' },
  'picture-damaged': { stage: 'decode', advice: 'Open it in a picture editor and save it again, or choose another.' },
  'picture-unknown': { stage: 'input', advice: 'Open the picture again.' },
  'not-loaded': { stage: 'input', advice: 'Load a model pack first.' },
  'task-unavailable': { stage: 'input', advice: 'Choose another task or a pack that has it.' },
  'bad-input': { stage: 'input', advice: 'Correct the request and try again.' },
  'graph-failed': { stage: 'infer', advice: 'Try again; if it repeats, use a smaller picture or another pack.' },
  'out-of-memory': { stage: 'infer', advice: 'Close other tabs, use a smaller picture or a smaller pack.' },
  'index-invalid': { stage: 'index', advice: 'Choose an index that the batch command or this gallery wrote.' },
  'index-unreachable': { stage: 'index', advice: 'Check the address, and that its server allows this page to read it in pieces.' },
  'index-other-pack': { stage: 'index', advice: 'Load that pack, or make the index again with this one.' },
  'worker-crashed': { stage: 'worker', advice: 'Try again; if it repeats, close other tabs, or use a smaller picture, a smaller pack or less memory.' },
  'disposed': { stage: 'worker', advice: 'Create a new engine.' },
  'internal': { stage: 'worker', advice: 'This is a fault of the program: please report it.' },
} as const satisfies Record<string, Failure>;

export type ErrorCode = keyof typeof FAILURES;

/** What crosses a thread or goes into a results line. */
export interface PlainError {
  readonly code: ErrorCode;
  readonly stage: Stage;
  readonly message: string;
  readonly advice: string;
}

export interface ErrorDetails {
  readonly stage?: Stage;
  readonly advice?: string;
  readonly cause?: unknown;
}

export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly code: ErrorCode;
  readonly stage: Stage;
  /** One sentence: what the person can do now. */
  readonly advice: string;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.stage = details.stage ?? FAILURES[code].stage;
    this.advice = details.advice ?? FAILURES[code].advice;
  }

  toPlain(): PlainError {
    return { code: this.code, stage: this.stage, message: this.message, advice: this.advice };
  }

  static fromPlain(plain: PlainError): EngineError {
    return new EngineError(plain.code, plain.message, { stage: plain.stage, advice: plain.advice });
  }
}

const text = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Messages of the runtime and of browsers for memory that cannot be had. */
const MEMORY = /out of memory|bad_alloc|allocation failed|cannot enlarge memory|array buffer allocation/i;

/** Any thrown value as an EngineError; those that already are one pass through, and so must aborts be kept apart before. */
export function asEngineError(error: unknown, code: ErrorCode, message: string, details: ErrorDetails = {}): EngineError {
  if (error instanceof EngineError) return error;
  const out = MEMORY.test(text(error));
  return new EngineError(out ? 'out-of-memory' : code, `${message}: ${text(error)}`, { ...details, cause: error });
}

export const isAbort = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'name' in error && error.name === 'AbortError';

/** What a cancelled or overtaken request rejects with. */
export const abortError = (why = 'The request was cancelled.'): DOMException => new DOMException(why, 'AbortError');

/** Throws AbortError when the signal has fired, whatever reason its owner gave. */
export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw isAbort(signal.reason) ? signal.reason : abortError();
}
