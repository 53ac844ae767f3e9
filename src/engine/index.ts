/** The engine for a page: `createEngine()` starts a worker and answers with an Engine that speaks to it. */
import type { Engine, EngineOptions } from './api.ts';
import { EngineClient } from './client.ts';
import { convertInPage } from './picture/convert.browser.ts';

export type * from './api.ts';
export { packFromFiles, packFromUrl } from './pack/pack-from.ts';
export { EngineError, type ErrorCode, isAbort, type Stage } from './errors.ts';

export function createEngine(options: EngineOptions = {}): Engine {
  return new EngineClient(
    {
      spawn: () => new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'xdecoder' }),
      convert: convertInPage,
    },
    options,
  );
}
