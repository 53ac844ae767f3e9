import type { App } from '../store/app.ts';
import { failureOf } from '../store/failure.ts';
import { notify } from '../store/flow/notify.ts';
import { currentFind, currentSee } from '../store/select.ts';
import { toClipboard } from './clipboard.ts';

/** What a report of a fault needs, and nothing of the picture: no name, no pixels, no words typed. */
export async function reportOf(app: App): Promise<Readonly<Record<string, unknown>>> {
  const state = app.store.getState();
  const { pack, report, device, failure, phase, kept, choice } = state.engine;
  const inside = await app.engine.inspect().catch(() => null);
  return {
    version: VERSION,
    runtime: device?.runtime,
    model: pack && { name: pack.name, bytes: pack.bytes, checkpoint: report?.checkpoint, generatedBy: report?.generatedBy },
    device,
    choice,
    selfCheck: device && { passed: true, largestError: device.probeError },
    phase,
    failure: failure && { code: failure.code, stage: failure.stage, message: failure.message },
    storage: kept,
    page: { isolated: crossOriginIsolated, cores: navigator.hardwareConcurrency, browser: navigator.userAgent },
    engine: inside,
    timings: { see: currentSee(state)?.timings, find: currentFind(state)?.timings },
  };
}

export async function copyReport(app: App): Promise<void> {
  try {
    const report = JSON.stringify(await reportOf(app), null, 2);
    await toClipboard((clipboard) => clipboard.writeText(report));
    notify(app, (t) => t('model.reported'));
  } catch (error) {
    notify(app, failureOf(error));
  }
}
