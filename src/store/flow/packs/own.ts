/** The person's own packs: dropped, chosen, or from an address; loaded at once, and kept in the list when that worked. */
import type { PackSource } from '../../../engine/api.ts';
import { EngineError, isAbort } from '../../../engine/errors.ts';
import { packFromFiles, packFromUrl } from '../../../engine/index.ts';
import { restart, update, type App } from '../../app.ts';
import { failureOf } from '../../failure.ts';
import { rememberedPacks, rememberPacks } from '../../keep/packs.ts';
import type { PackEntry } from '../../slices/engine.ts';
import { changePack } from '../load.ts';
import { notify } from '../notify.ts';
import { fetchOutside, isOutside } from '../outside.ts';

/** @returns false when there is no pack among the files, so that they may be something else */
export async function addPackFiles(app: App, files: ReadonlyMap<string, Blob>): Promise<boolean> {
  const source = await packFromFiles(files);
  if (source) await add(app, source);
  return source !== null;
}

/** A manifest or its folder on this site; from elsewhere a ZIP archive, which is fetched whole and then goes the way of a dropped one. */
export async function addPackAddress(app: App, address: string): Promise<void> {
  const { signal } = restart(app, 'pack');
  try {
    if (!isOutside(address)) return await add(app, packFromUrl(address, document.baseURI));
    const { blob, name } = await fetchOutside(address, signal);
    if (!(await addPackFiles(app, new Map([[name, blob]])))) throw new EngineError('manifest-missing', `${name} is no ZIP archive of a model pack.`, { advice: 'From another site, give the address of a ZIP archive.' });
  } catch (error) {
    if (!isAbort(error)) notify(app, failureOf(error, address));
  }
}

export const stopPackAddress = (app: App): void => app.jobs.get('pack')?.abort();

async function add(app: App, source: PackSource): Promise<void> {
  if (!(await changePack(app, source))) return;
  const { report } = app.store.getState().engine;
  if (!report) return;
  const kept = source.kind === 'url' ? source : ({ kind: 'kept', name: source.name } as const);
  const id = source.kind === 'url' ? source.manifest : `own:${source.name}`;
  const entry: PackEntry = { id, title: report.title, source: kept, own: true, summary: null };
  update(app, 'engine', ({ packs }) => ({ packs: [...packs.filter((p) => p.id !== id), entry], source: kept }));
  // What is only in memory is gone with the page, so the next visit could not load it.
  if (report.storage === 'disk' || kept.kind === 'url') rememberPacks({ chosen: id, own: [...rememberedPacks().own.filter((p) => p.id !== id), { id, title: entry.title, source: kept }] });
}
