/** The engine on a bare page: what anyone's own page would do, within reach of the tests. */
import { createEngine, packFromFiles, type Engine, type EngineOptions } from '../../src/engine/index.ts';
import { compareGraphs } from './graphs.ts';
import { measureSearch } from './search.ts';

declare global {
  interface Window {
    readonly makeEngine: (options?: EngineOptions) => Engine;
    readonly compareGraphs: typeof compareGraphs;
    readonly measureSearch: typeof measureSearch;
    readonly packFromFiles: typeof packFromFiles;
  }
}

Object.defineProperty(window, 'makeEngine', { value: createEngine });
Object.defineProperty(window, 'compareGraphs', { value: compareGraphs });
Object.defineProperty(window, 'measureSearch', { value: measureSearch });
Object.defineProperty(window, 'packFromFiles', { value: packFromFiles });
