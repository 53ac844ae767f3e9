import { FORMATS, type Format } from '../save/formats.ts';
import { wordsTable, type SavedWords } from '../save/words.ts';
import { isAbort } from '../engine/errors.ts';
import { restart, type App } from '../store/app.ts';
import { failureOf } from '../store/failure.ts';
import { notify } from '../store/flow/notify.ts';
import { gather, type Scope } from '../store/flow/save.ts';
import { currentPicture } from '../store/select.ts';
import type { Picture } from '../store/slices/library.ts';
import type { State } from '../store/state.ts';
import { download } from './download.ts';

const stem = (name: string): string => name.replace(/\.[^.]+$/, '');

async function make(app: App, picture: Picture, format: Format, scope: Scope, signal: AbortSignal): Promise<Blob | null> {
  const saving = await gather(app, picture, scope, signal);
  const bitmap = await app.shelf.bitmap(picture.key);
  return saving && bitmap ? format.make(saving, bitmap) : null;
}

/** Says what went wrong, unless it was the person who stopped it. */
const said = (app: App, error: unknown, picture: Picture | null): void => {
  if (!isAbort(error)) notify(app, failureOf(error, picture?.name ?? null));
};

export async function save(app: App, format: Format, scope: Scope): Promise<void> {
  const picture = currentPicture(app.store.getState());
  if (!picture) return;
  try {
    const blob = await make(app, picture, format, scope, restart(app, 'save').signal);
    if (!blob) return notify(app, (t) => t('save.nothing'));
    const file = `${stem(picture.name)}${format.ending}`;
    download(blob, file);
    notify(app, (t) => t('save.saved', { file }));
  } catch (error) {
    said(app, error, picture);
  }
}

export async function copy(app: App, format: Format, scope: Scope): Promise<void> {
  const picture = currentPicture(app.store.getState());
  if (!picture) return;
  try {
    const made = make(app, picture, format, scope, restart(app, 'save').signal);
    made.catch(() => undefined); // heard below, through the clipboard
    // The clipboard only takes what is put there while the press is fresh: it gets the promise of the file.
    const content = made.then((blob) => {
      if (!blob) throw new DOMException('There is nothing to copy.', 'AbortError');
      return new Blob([blob], { type: format.copyAs });
    });
    await navigator.clipboard.write([new ClipboardItem({ [format.copyAs]: content })]);
    notify(app, (t) => t('save.copied'));
  } catch (error) {
    said(app, error, picture);
  }
}

/** @param onProgress called with how many pictures are done */
export async function saveAll(app: App, formats: readonly Format[], onProgress: (done: number) => void): Promise<void> {
  const { signal } = restart(app, 'save');
  const { pictures } = app.store.getState().library;
  const failed: string[] = [];
  try {
    // Only who saves many needs the archiver.
    const { Archive } = await import('../save/archive.browser.ts');
    const archive = new Archive();
    for (const [done, picture] of pictures.toReversed().entries()) {
      onProgress(done);
      await addTo(app, archive, picture, formats, signal).catch((error: unknown) => {
        if (signal.aborted) throw error;
        failed.push(picture.name);
      });
    }
    if (archive.count === 0) return notify(app, (t) => t('save.nothing'));
    download(await archive.close(), 'x-decoder.zip');
    notify(app, (t) => (failed.length > 0 ? t('save.savedSome', { file: 'x-decoder.zip', names: failed.join(', ') }) : t('save.saved', { file: 'x-decoder.zip' })));
  } catch (error) {
    said(app, error, null);
  }
}

async function addTo(app: App, archive: { add(name: string, ending: string, blob: Blob): Promise<void> }, picture: Picture, formats: readonly Format[], signal: AbortSignal): Promise<void> {
  const saving = await gather(app, picture, 'all', signal);
  const bitmap = await app.shelf.bitmap(picture.key);
  if (!saving || !bitmap) return;
  for (const format of formats) {
    signal.throwIfAborted();
    await archive.add(stem(picture.name), format.ending, await format.make(saving, bitmap));
  }
}

export const stopSaving = (app: App): void => app.jobs.get('save')?.abort();

/** Everything that was said in this visit. */
export function savedWords({ library, runs }: State): SavedWords[] {
  return library.pictures.toReversed().flatMap(({ key, name: picture }) => [
    ...runs.described.filter((d) => d.picture === key).map(({ about, text, score }): SavedWords => ({
      picture, kind: about.length > 0 ? 'region caption' : 'caption', about: about.join(', '), text, rank: 1, score,
    })),
    ...runs.asked.filter((a) => a.picture === key).flatMap(({ question, answers }) =>
      answers.map(({ answer, score }, i): SavedWords => ({ picture, kind: 'answer', about: question, text: answer, rank: i + 1, score }))),
  ]);
}

export function saveWords(app: App): void {
  const rows = savedWords(app.store.getState());
  if (rows.length === 0) return;
  download(new Blob([wordsTable(rows)], { type: 'text/csv' }), 'x-decoder-words.csv');
  notify(app, (t) => t('save.saved', { file: 'x-decoder-words.csv' }));
}

export { FORMATS };
