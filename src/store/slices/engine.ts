/** What the engine is doing and which packs there are. Its only writers are the flows that load packs, which listen to the engine. */
import type { DeviceReport, LoadReport, PackSource, PackSummary, Progress, StorageReport } from '../../engine/api.ts';
import type { Failure } from '../failure.ts';

export type Phase = 'asking' | 'idle' | 'loading' | 'ready' | 'failed';

/** A pack to choose: offered by the site, or the person's own. */
export interface PackEntry {
  readonly id: string;
  readonly title: string;
  readonly source: PackSource;
  readonly own: boolean;
  /** Null until its manifest was read, or when it can't be. */
  readonly summary: PackSummary | null;
}

/** What this page keeps on the machine. */
export interface Kept {
  readonly weights: StorageReport;
  /** Everything of this site and the most that the browser gives it; null where it does not say. */
  readonly used: number | null;
  readonly quota: number | null;
  /** The browser has promised not to clear it when space gets short. */
  readonly persisted: boolean;
}

/** What the person allows: all providers in the engine's order, one of them, or the smallest profile of all. */
export type DeviceChoice = 'auto' | 'webgpu' | 'wasm' | 'least';

export interface EngineSlice {
  readonly phase: Phase;
  readonly source: PackSource | null;
  readonly pack: PackSummary | null;
  readonly packs: readonly PackEntry[];
  readonly progress: Progress | null;
  readonly report: LoadReport | null;
  readonly device: DeviceReport | null;
  readonly failure: Failure | null;
  /** The person stopped the download: what has arrived is kept, and nothing starts by itself again. */
  readonly stopped: boolean;
  readonly kept: Kept | null;
  readonly choice: DeviceChoice;
}

export const engineSlice: EngineSlice = {
  phase: 'asking', source: null, pack: null, packs: [], progress: null, report: null, device: null, failure: null, stopped: false, kept: null, choice: 'auto',
};
