/** The engine on a bare page: what anyone's own page would do, within reach of the tests. */
import { createEngine, type Engine, type EngineOptions } from '../../src/engine/index.ts';
import { compareGraphs } from './graphs.ts';

declare global {
  interface Window {
    readonly makeEngine: (options?: EngineOptions) => Engine;
    readonly compareGraphs: typeof compareGraphs;
  }
}

Object.defineProperty(window, 'makeEngine', { value: createEngine });
Object.defineProperty(window, 'compareGraphs', { value: compareGraphs });
