import { FORMATS, type Format } from '../save/formats.ts';
import type { App } from '../store/app.ts';
import { failureOf } from '../store/failure.ts';
import { notify } from '../store/flow/notify.ts';
import { gather, type Scope } from '../store/flow/save.ts';
import { currentPicture } from '../store/select.ts';

/** Hands a file to the browser's download. */
export function download(blob: Blob, file: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = file;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

export async function save(app: App, format: Format, scope: Scope): Promise<void> {
  const picture = currentPicture(app.store.getState());
  try {
    const saving = await gather(app, scope, new AbortController().signal);
    const bitmap = picture && (await app.shelf.bitmap(picture.key));
    if (!saving || !bitmap) return notify(app, (t) => t('save.nothing'));
    const file = `${saving.name.replace(/\.[^.]+$/, '')}${format.ending}`;
    download(await format.make(saving, bitmap), file);
    notify(app, (t) => t('save.saved', { file }));
  } catch (error) {
    notify(app, failureOf(error, picture?.name ?? null));
  }
}

export { FORMATS };
