/** Which device the person chose. */
import type { EngineOptions } from '../../engine/api.ts';
import type { DeviceChoice } from '../slices/engine.ts';

const KEY = 'xdecoder.device.1';

const OPTIONS: Readonly<Record<DeviceChoice, EngineOptions>> = {
  auto: {},
  webgpu: { providers: ['webgpu'] },
  wasm: { providers: ['wasm'] },
  // One thread has no stack and no buffers for others, and of several pictures only the newest keeps what was computed.
  least: { providers: ['wasm'], threads: 1, featureBudget: 0 },
};

const isChoice = (stored: string | null): stored is DeviceChoice => stored !== null && Object.hasOwn(OPTIONS, stored);

export function chosenDevice(): DeviceChoice {
  try {
    const stored = localStorage.getItem(KEY);
    return isChoice(stored) ? stored : 'auto';
  } catch {
    return 'auto';
  }
}

export function keepDevice(choice: DeviceChoice): void {
  try {
    localStorage.setItem(KEY, choice);
  } catch {
    // storage refused: the engine goes on choosing for itself
  }
}

export const optionsFor = (choice: DeviceChoice): EngineOptions => OPTIONS[choice];
