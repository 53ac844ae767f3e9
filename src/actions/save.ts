import { FORMATS, type Format } from '../save/formats.ts';
import { Maker } from '../save/maker.browser.ts';
import { wordsTable, type SavedWords } from '../save/words.ts';
import { isAbort } from '../engine/errors.ts';
import { restart, type App } from '../store/app.ts';
import { failureOf, isOfPicture } from '../store/failure.ts';
import { whenLoaded } from '../store/flow/load.ts';
import { notify } from '../store/flow/notify.ts';
import { borrow, type Bitmap } from '../store/flow/gallery/borrow.ts';
import { gather, type Scope } from '../store/flow/save.ts';
import { atHand, currentPicture } from '../store/select.ts';
import type { Picture } from '../store/slices/library.ts';
import type { State } from '../store/state.ts';
import { toClipboard } from './clipboard.ts';
import { download } from './download.ts';

const stem = (name: string): string => name.replace(/\.[^./]+$/, '');

/** One file. Null when there is nothing of that scope. */
async function make(app: App, picture: Picture, format: Format, scope: Scope, signal: AbortSignal): Promise<Blob | null> {
  const draft = await gather(app, picture, scope, signal);
  const bitmap = draft && (await app.shelf.bitmap(picture.key));
  if (!bitmap) return null;
  const maker = new Maker();
  try {
    return await maker.make(format, draft, bitmap, signal);
  } finally {
    maker.end();
  }
}

/** Says what went wrong, unless it was the person who stopped it. */
const said = (app: App, error: unknown, picture: Picture | null): void => {
  if (!isAbort(error)) notify(app, failureOf(error, picture?.name ?? null));
};

/** Goes on when the sheet closes, or another file is asked for. @param signal stops it */
export async function save(app: App, format: Format, scope: Scope, signal: AbortSignal): Promise<void> {
  const picture = currentPicture(app.store.getState());
  if (!picture) return;
  try {
    const blob = await make(app, picture, format, scope, signal);
    if (!blob) return notify(app, (t) => t('save.nothing'));
    const file = `${stem(picture.name)}${format.ending}`;
    download(blob, file);
    notify(app, (t) => t('save.saved', { file }));
  } catch (error) {
    said(app, error, picture);
  }
}

/** @returns whether it is on the clipboard; what went wrong has been said. @param signal stops it */
export async function copy(app: App, format: Format, scope: Scope, signal: AbortSignal): Promise<boolean> {
  const picture = currentPicture(app.store.getState());
  if (!picture) return false;
  const made = make(app, picture, format, scope, signal);
  // The clipboard only takes what is put there while the press is fresh: it gets the promise of the file.
  const content = made.then((blob) => {
    if (!blob) throw new RangeError('There is nothing to copy.');
    return new Blob([blob], { type: format.copyAs });
  });
  content.catch(() => undefined); // heard below
  try {
    await toClipboard((clipboard) => clipboard.write([new ClipboardItem({ [format.copyAs]: content })]));
    notify(app, (t) => t('save.copied'));
    return true;
  } catch (refused) {
    // The clipboard knows that it got nothing; who made it knows why.
    const error = await made.then((blob) => blob && refused, (why: unknown) => why);
    if (error === null) notify(app, (t) => t('save.nothing'));
    else said(app, error, picture);
    return false;
  }
}

/** Which pictures are saved at once: those that are open, or those of the gallery whose files are at hand. */
export type Many = 'every' | 'gallery';

type Work = (picture: Picture, bitmap: Bitmap) => Promise<void>;

/** Each lends itself to a work; `name` says which one failed. */
const LENT: Readonly<Record<Many, (app: App, signal: AbortSignal) => readonly { readonly name: string; use(work: Work): Promise<void> }[]>> = {
  every: (app) => app.store.getState().library.pictures.map((picture) => ({ name: picture.name, use: (work) => work(picture, () => app.shelf.bitmap(picture.key)) })),
  gallery: (app, signal) => atHand(app.store.getState()).map((item) => ({ name: item.path, use: (work) => borrow(app, item, signal, work) })),
};

interface Job {
  readonly of: Many;
  /** Name of the file. */
  readonly file: string;
  readonly work: Work;
  /** Makes the file; null when there is nothing for it. */
  finish(): Promise<Blob | null>;
  /** Called with how many pictures are done. */
  onProgress(done: number): void;
}

/** One after the other; one that fails is left out by name, and what is not a picture's fault ends it. */
async function each(app: App, signal: AbortSignal, { of, file, work, finish, onProgress }: Job): Promise<void> {
  await whenLoaded(app, signal);
  const failed: string[] = [];
  let cause: unknown = null;
  for (const [done, { name, use }] of LENT[of](app, signal).entries()) {
    signal.throwIfAborted();
    onProgress(done);
    try {
      await use(work);
    } catch (error) {
      if (signal.aborted) throw error;
      failed.push(name);
      cause = error;
      if (!isOfPicture(failureOf(error))) break;
    }
  }
  const blob = await finish();
  if (blob) {
    download(blob, file);
    const names = failed.join(', ');
    notify(app, (t) => (names === '' ? t('save.saved', { file }) : t('save.savedSome', { file, names })));
  } else if (cause === null) notify(app, (t) => t('save.nothing'));
  // What was done before it is saved all the same.
  if (cause !== null && !(blob && isOfPicture(failureOf(cause)))) throw cause;
}

/** @param onProgress called with how many pictures are done */
export async function saveAll(app: App, of: Many, formats: readonly Format[], onProgress: (done: number) => void): Promise<void> {
  const { signal } = restart(app, 'save');
  const maker = new Maker();
  try {
    // Only who saves many needs the archiver.
    const { Archive } = await import('../save/archive.browser.ts');
    const archive = new Archive();
    await each(app, signal, {
      of, onProgress, file: 'x-decoder.zip',
      async work(picture, decode) {
        const draft = await gather(app, picture, 'all', signal);
        const bitmap = draft && await decode();
        if (!bitmap) return;
        for (const format of formats) {
          const blob = await maker.make(format, draft, bitmap, signal);
          if (blob) await archive.add(stem(picture.name), format.ending, blob);
        }
      },
      finish: async () => (archive.count > 0 ? archive.close() : null),
    });
  } catch (error) {
    said(app, error, null);
  } finally {
    maker.end();
  }
}

/** A caption of each, as a table. @param onProgress called with how many pictures are done */
export async function saveCaptions(app: App, of: Many, onProgress: (done: number) => void): Promise<void> {
  const { signal } = restart(app, 'save');
  const rows: SavedWords[] = [];
  try {
    await each(app, signal, {
      of, onProgress, file: 'x-decoder-captions.csv',
      async work({ name, engineId }) {
        const { output: { text, score } } = await app.engine.run('caption', engineId, {}, { signal, lane: 'background' });
        rows.push({ picture: name, kind: 'caption', about: '', text, rank: 1, score });
      },
      finish: async () => (rows.length > 0 ? new Blob([wordsTable(rows)], { type: 'text/csv' }) : null),
    });
  } catch (error) {
    said(app, error, null);
  }
}

export const stopSaving = (app: App): void => app.jobs.get('save')?.abort();

/** Everything that was said in this visit. */
export function savedWords({ library, runs }: State): SavedWords[] {
  return library.pictures.flatMap(({ key, name: picture }) => [
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
