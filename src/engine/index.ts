/** The engine for a page: `createEngine()` starts a worker and answers with an Engine that speaks to it. */
import type { Engine, EngineOptions } from './api.ts';
import { EngineClient, type Lifeline } from './client.ts';
import { convertInPage } from './picture/convert.browser.ts';

export type * from './api.ts';
export { packFromFiles, packFromUrl } from './pack/pack-from.ts';
export { convertInPage } from './picture/convert.browser.ts';
export { EngineError, type ErrorCode, isAbort, type Stage } from './errors.ts';

/** A worker that is killed says nothing, but its locks are let go. */
function lifeline(): Lifeline | null {
  const locks: LockManager | undefined = globalThis.navigator.locks;
  const name = `xdecoder ${Math.random()} ${performance.now()}`;
  return locks ? { name, gone: () => locks.request(name, () => undefined) } : null;
}

export function createEngine(options: EngineOptions = {}): Engine {
  return new EngineClient(
    {
      spawn: () => new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'xdecoder' }),
      convert: convertInPage,
      lifeline,
      served: () => Boolean(globalThis.navigator.serviceWorker?.controller),
    },
    options,
  );
}
