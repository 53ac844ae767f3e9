/** An index of someone else's making: opened, shown without its pictures at first, and the gallery saved as one. */
import { EngineError } from '../../../engine/errors.ts';
import type { GivenFile } from '../../../gallery/entries.browser.ts';
import type { IndexReport } from '../../../gallery/parquet/read.ts';
import { isPartition } from '../../../gallery/parquet/partition.ts';
import type { IndexSource } from '../../../gallery/parquet/source.ts';
import { update, type App } from '../../app.ts';
import { failureOf } from '../../failure.ts';
import type { OpenedIndex } from '../../slices/gallery.ts';
import { loadPack } from '../load.ts';
import { announce, dismissStage, notify } from '../notify.ts';
import { lastPart } from '../outside.ts';
import { ask } from './ask.ts';

/** Of dropped files, the index among them. */
export const indexAmong = (given: readonly GivenFile[]): GivenFile[] => given.filter(({ path }) => isPartition(path));

export const sourceOfFiles = (given: readonly GivenFile[]): IndexSource => ({
  kind: 'files', name: given[0]?.path.split('/')[0] ?? '', files: given.map(({ path, file }) => ({ path, file })),
});

const nameOfSource = (source: IndexSource): string => (source.kind === 'files' ? source.name : lastPart(new URL(source.url)) || source.url);

/** Vectors asked again, to say how good the quick search is. */
const CHECKS = 4;
const CHECKED_BEST = 20;

/** Opens it beside the person's own pictures. An index of another pack is refused by that pack's name. */
export async function openIndex(app: App, source: IndexSource): Promise<void> {
  const name = nameOfSource(source);
  dismissStage(app, 'index');
  update(app, 'gallery', { opening: true });
  try {
    const opened = await app.gallery.threads.openIndex(source);
    const { report } = opened;
    const refused = otherPack(app, name, report);
    if (refused) {
      // The threads hold it in place of the one before.
      await closeIndex(app);
      throw refused;
    }
    app.gallery.forgetIndex();
    const index: OpenedIndex = { name, report, loaded: 0, recall: null, granted: 0, prefix: '' };
    update(app, 'gallery', { index, set: 'index', hits: null, focused: null, opening: false });
    update(app, 'task', { verb: 'search' });
    // A sentence needs the model: opening an index is the act that the download waits for.
    if (!app.store.getState().engine.stopped) void loadPack(app);
    announce(app, (t) => t('index.opened', { name, count: report.rows }));
    await app.gallery.threads.loadIndex(opened, (rows) => {
      update(app, 'gallery', (g) => ({ index: g.index?.report === report ? { ...g.index, loaded: g.index.loaded + rows } : g.index }));
    });
    if (app.store.getState().gallery.index?.report !== report) return;
    const { asked } = app.store.getState().gallery;
    if (asked) await ask(app, asked);
    const recall = await measured(app, report.rows);
    update(app, 'gallery', (g) => ({ index: g.index?.report === report ? { ...g.index, recall } : g.index }));
  } catch (error) {
    update(app, 'gallery', ({ index }) => ({ opening: false, ...(index && index.loaded < index.report.rows ? { index: null, set: 'own' as const } : {}) }));
    notify(app, failureOf(error, name));
  }
}

/** What is wrong when the pack that is loaded did not make the index; null while none is loaded. */
function otherPack(app: App, name: string, { meta }: IndexReport): EngineError | null {
  const { report: pack } = app.store.getState().engine;
  if (!pack || meta.packHash === pack.packHash) return null;
  return new EngineError('index-other-pack', meta.pack === pack.name
    ? `"${name}" was made by another version of the pack "${pack.name}" (${meta.packHash.slice(0, 12)}); its vectors mean nothing to this one (${pack.packHash.slice(0, 12)}).`
    : `"${name}" was made by the pack "${meta.pack}"; its vectors mean nothing to "${pack.name}", which is loaded.`);
}

/** A pack that came after the index: it must be the one that made it. */
export async function checkIndex(app: App): Promise<void> {
  const { index } = app.store.getState().gallery;
  const refused = index && otherPack(app, index.name, index.report);
  if (!refused) return;
  notify(app, failureOf(refused));
  await closeIndex(app);
}

/** Share of the exact answer's best that the quick search finds, with some of the index's own vectors as questions. */
async function measured(app: App, rows: number): Promise<number | null> {
  const { threads } = app.gallery;
  let [hit, all] = [0, 0];
  for (let i = 0; i < Math.min(CHECKS, rows); i++) {
    const vector = await threads.vector('index', Math.floor((i * rows) / CHECKS));
    if (!vector) continue;
    const [quick, exact] = await Promise.all([threads.search('index', vector, CHECKED_BEST), threads.exact('index', vector, CHECKED_BEST)]);
    const found = new Set(quick.ids);
    hit += exact.ids.filter((id) => found.has(id)).length;
    all += exact.ids.length;
  }
  return all > 0 ? hit / all : null;
}

export async function closeIndex(app: App): Promise<void> {
  update(app, 'gallery', { index: null, set: 'own', hits: null, focused: null });
  app.gallery.forgetIndex();
  await app.gallery.threads.clear('index');
  const { asked } = app.store.getState().gallery;
  if (asked?.kind === 'like' && asked.set === 'index') update(app, 'gallery', { asked: null });
  else if (asked) await ask(app, asked);
}

/** The other of the two: what was asked in words is asked there too. */
export function showSet(app: App, set: 'own' | 'index'): void {
  const { asked } = app.store.getState().gallery;
  update(app, 'gallery', { set, hits: null, focused: null });
  if (asked?.kind === 'words') void ask(app, asked);
  else update(app, 'gallery', { asked: null });
}

/** Pictures for the rows, from a folder: its own name may stand before the paths or not. */
export function grantFolder(app: App, given: readonly GivenFile[]): void {
  for (const { path, file } of given) {
    app.gallery.granted.set(path, file);
    const inside = path.slice(path.indexOf('/') + 1);
    if (inside !== path) app.gallery.granted.set(inside, file);
  }
  update(app, 'gallery', (g) => ({ index: g.index && { ...g.index, granted: given.length } }));
  announce(app, (t) => t('index.granted', { count: given.length }));
}

/** Pictures for the rows, from an address. */
export function grantPrefix(app: App, text: string): void {
  const prefix = text.trim();
  if (prefix !== '' && !URL.canParse(prefix)) return notify(app, failureOf(new EngineError('bad-input', `"${prefix}" is no address.`, { stage: 'index', advice: 'Write it with https:// at its beginning.' })));
  update(app, 'gallery', (g) => ({ index: g.index && { ...g.index, prefix: prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/` } }));
}

/** The person's own pictures as an index; null while none has been read. */
export async function indexOfOwn(app: App): Promise<Blob | null> {
  const { gallery, engine } = app.store.getState();
  const rows = gallery.items.flatMap((item) => {
    const reading = app.gallery.readings.get(item.id);
    return reading && item.size && item.state === 'read'
      ? [{ path: item.path, sha256: reading.sha256, ...item.size, bytes: item.bytes, embedding: reading.halves, caption: captionOf(app, item.picture) }]
      : [];
  });
  if (rows.length === 0 || !engine.report) return null;
  const { name: pack, packHash, dim, device } = engine.report;
  const tasks = rows.some((row) => row.caption !== null) ? ['embed', 'caption'] : ['embed'];
  return new Blob([await app.gallery.threads.writeIndex({ schema: 1, pack, packHash, variant: device.variant, dim, tasks }, rows)]);
}

const captionOf = (app: App, picture: string | null): string | null =>
  (picture !== null && app.store.getState().runs.described.findLast((d) => d.picture === picture && d.wanted === '')?.text) || null;
