/** What crosses between the page and the worker: calls with one answer each, cancels, and events. */
import type { EngineEvent, EngineOptions, EngineState, Lane, LoadReport, OpenedPicture, PackSource, PackSummary, PictureId, StorageReport, TaskRun } from './api.ts';
import type { PlainError } from './errors.ts';
import type { TaskId, TaskInputs } from '../tasks/types.ts';

interface TaskCall {
  readonly task: TaskId;
  readonly picture: PictureId;
  readonly input: TaskInputs[TaskId];
  readonly lane: Lane;
}
export type AnyRun = TaskRun<TaskId>;

/** Every call: what goes over and what comes back. */
export interface Calls {
  /** `life`: a lock that the worker holds while it lives; null where the browser has no locks. `served`: a service worker answers the page's requests. */
  start: { args: { readonly options: EngineOptions; readonly life: string | null; readonly served: boolean }; result: null };
  describe: { args: { readonly source: PackSource }; result: PackSummary };
  load: { args: { readonly source: PackSource }; result: LoadReport };
  open: { args: { readonly picture: Blob }; result: OpenedPicture };
  run: { args: TaskCall; result: AnyRun };
  embedText: { args: { readonly text: string }; result: Float32Array };
  close: { args: { readonly picture: PictureId }; result: null };
  storage: { args: Record<string, never>; result: StorageReport };
  forget: { args: { readonly source: PackSource | null }; result: null };
  inspect: { args: Record<string, never>; result: EngineState };
}

export type CallName = keyof Calls;
export type Args<K extends CallName> = Calls[K]['args'];
export type Result<K extends CallName> = Calls[K]['result'];

export type ToWorker =
  | { [K in CallName]: { readonly kind: 'call'; readonly id: number; readonly name: K; readonly args: Args<K> } }[CallName]
  | { readonly kind: 'cancel'; readonly id: number };

export type Returned<K extends CallName> = { readonly kind: 'return'; readonly id: number; readonly name: K; readonly value: Result<K> };

export type FromWorker =
  | { [K in CallName]: Returned<K> }[CallName]
  | { readonly kind: 'throw'; readonly id: number; readonly error: PlainError | 'aborted' }
  /** A caption as far as it has come, for a call that still runs. */
  | { readonly kind: 'words'; readonly id: number; readonly text: string }
  | { readonly kind: 'event'; readonly event: EngineEvent };

/** Large arrays of a result, at any depth: handed over, not copied. */
export function transferables(run: AnyRun): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>();
  const look = (value: unknown): void => {
    if (ArrayBuffer.isView(value)) {
      if (value.buffer instanceof ArrayBuffer) found.add(value.buffer);
    } else if (Array.isArray(value)) value.forEach(look);
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(look);
  };
  look(run.output);
  return [...found];
}
