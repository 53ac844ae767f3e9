/** How long a picture took to read on this machine, measured, so that the next wait can be named honestly. */
import type { DeviceReport } from '../../engine/api.ts';
import type { App } from '../app.ts';
import { currentSee } from '../select.ts';

const KEY = 'xdecoder.pace.1';

const nameOf = (pack: string, { provider, variant, threads, adapter }: DeviceReport): string => [pack, provider, variant, threads, adapter].join(' ');

function read(): Readonly<Record<string, unknown>> {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    return typeof stored === 'object' && stored !== null ? { ...stored } : {};
  } catch {
    return {};
  }
}

/** Milliseconds from asking to having, of the last picture; null while none was read with this pack on this device. */
export function paceOf(pack: string, device: DeviceReport): number | null {
  const ms = read()[nameOf(pack, device)];
  return typeof ms === 'number' && ms > 0 ? ms : null;
}

export function keepPace(pack: string, device: DeviceReport, ms: number): void {
  try {
    // Of many devices only the last few matter: the list stays short.
    const kept = Object.entries({ ...read(), [nameOf(pack, device)]: Math.round(ms) }).slice(-12);
    localStorage.setItem(KEY, JSON.stringify(Object.fromEntries(kept)));
  } catch {
    // storage refused: the wait has no name, nothing else is lost
  }
}

/** Keeps the time of every picture that was read from its pixels on. */
export function keepPaces(app: App): () => void {
  return app.store.subscribe((now, before) => {
    if (now.runs.see === before.runs.see) return;
    const see = currentSee(now);
    const { report, device } = now.engine;
    if (see && report && device && see !== currentSee(before) && see.graphs.includes('image')) keepPace(report.name, device, see.ms);
  });
}
