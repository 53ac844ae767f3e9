import { translator } from '../i18n/index.ts';
import type { App } from '../store/app.ts';
import { openPictures } from '../store/flow/open.ts';

/** Opens what a paste event brings; false when there is no file in it, so that text goes where it belongs. */
export function pasteFrom(app: App, data: DataTransfer | null): boolean {
  const files = [...(data?.files ?? [])];
  if (files.length === 0) return false;
  const pasted = translator(app.store.getState().view.language)('picture.pasted');
  // Browsers call everything pasted from a screen "image.png".
  void openPictures(app, files.map((file) => ({ file, name: file.name === 'image.png' || file.name === '' ? pasted : file.name })));
  return true;
}
