import type { App } from '../store/app.ts';
import { failureOf } from '../store/failure.ts';
import { notify } from '../store/flow/notify.ts';
import { currentFind, currentSee } from '../store/select.ts';

/** What a report of a fault needs, and nothing of the picture: no name, no pixels, no words typed. */
export async function copyReport(app: App): Promise<void> {
  const state = app.store.getState();
  const { pack, report, device, failure, phase } = state.engine;
  const inside = await app.engine.inspect().catch(() => null);
  const facts = {
    phase, pack: pack && { name: pack.name, bytes: pack.bytes }, storage: report?.storage, device, failure,
    browser: navigator.userAgent, isolated: crossOriginIsolated, cores: navigator.hardwareConcurrency,
    engine: inside, see: currentSee(state)?.timings, find: currentFind(state)?.timings,
  };
  try {
    await navigator.clipboard.writeText(JSON.stringify(facts, null, 2));
    notify(app, (t) => t('model.reported'));
  } catch (error) {
    notify(app, failureOf(error));
  }
}
