/** Choosing among packs, and what is kept of them on this machine. */
import { restart, update, type App } from '../../app.ts';
import { failureOf } from '../../failure.ts';
import { rememberedPacks, rememberPacks } from '../../keep/packs.ts';
import type { PackEntry } from '../../slices/engine.ts';
import { announce, notify } from '../notify.ts';
import { changePack } from '../load.ts';
import { sameSource } from './catalogue.ts';

export async function switchPack(app: App, pack: PackEntry): Promise<void> {
  if (await changePack(app, pack.source)) rememberPacks({ chosen: pack.id });
  await measureKept(app);
}

/** Removes a pack's weights; one of the person's own leaves the list too. The loaded one goes on working until the page is left. */
export async function forgetPack(app: App, pack: PackEntry): Promise<void> {
  const { signal } = new AbortController();
  try {
    await app.engine.forget(pack.source, { signal });
    if (pack.own) {
      const { own, chosen } = rememberedPacks();
      rememberPacks({ own: own.filter((p) => p.id !== pack.id), chosen: chosen === pack.id ? null : chosen });
      update(app, 'engine', ({ packs, source }) => ({ packs: packs.filter((p) => p.id !== pack.id || (source !== null && sameSource(source, p.source))) }));
    }
    announce(app, (t) => t('model.deleted', { title: pack.title }));
  } catch (error) {
    notify(app, failureOf(error, pack.title));
  }
  await measureKept(app);
}

/** Asks the browser not to clear this site's storage when space gets short. */
export async function askToPersist(app: App): Promise<void> {
  const granted = await navigator.storage?.persist?.().catch(() => false);
  if (!granted) notify(app, (t) => t('model.persistRefused'));
  await measureKept(app);
}

/** Reads what each pack weighs and has stored, and what the browser says of the whole site. */
export async function measureKept(app: App): Promise<void> {
  const { signal } = restart(app, 'measure');
  const [weights, estimate, persisted] = await Promise.all([
    app.engine.storage().catch(() => null),
    navigator.storage?.estimate?.().catch(() => null),
    navigator.storage?.persisted?.().catch(() => false),
  ]);
  if (signal.aborted || !weights) return;
  update(app, 'engine', { kept: { weights, used: estimate?.usage ?? null, quota: estimate?.quota ?? null, persisted: persisted === true } });
  for (const { id, source } of app.store.getState().engine.packs) {
    // A pack whose manifest can't be read now has nothing to show; choosing it says why.
    const summary = await app.engine.describe(source, { signal }).catch(() => null);
    if (signal.aborted) return;
    update(app, 'engine', ({ packs }) => ({ packs: packs.map((p) => (p.id === id ? { ...p, summary } : p)) }));
  }
}
