/** Which device the person chose. */
import type { EngineOptions } from '../../engine/api.ts';
import type { DeviceChoice } from '../slices/engine.ts';

const KEY = 'xdecoder.device.1';

const OPTIONS: Readonly<Record<DeviceChoice, EngineOptions>> = { auto: {}, webgpu: { providers: ['webgpu'] }, wasm: { providers: ['wasm'] } };

export function chosenDevice(): DeviceChoice {
  try {
    const stored = localStorage.getItem(KEY);
    return stored === 'webgpu' || stored === 'wasm' ? stored : 'auto';
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
