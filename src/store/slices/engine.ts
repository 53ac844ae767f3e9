/** What the engine is doing. Its only writer is the loading flow, which listens to the engine. */
import type { DeviceReport, LoadReport, PackSource, PackSummary, Progress } from '../../engine/api.ts';
import type { Failure } from '../failure.ts';

export type Phase = 'asking' | 'idle' | 'loading' | 'ready' | 'failed';

export interface EngineSlice {
  readonly phase: Phase;
  readonly source: PackSource | null;
  readonly pack: PackSummary | null;
  readonly progress: Progress | null;
  readonly report: LoadReport | null;
  readonly device: DeviceReport | null;
  readonly failure: Failure | null;
  /** The person stopped the download: what has arrived is kept, and nothing starts by itself again. */
  readonly stopped: boolean;
}

export const engineSlice: EngineSlice = {
  phase: 'asking', source: null, pack: null, progress: null, report: null, device: null, failure: null, stopped: false,
};
