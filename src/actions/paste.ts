import { translator } from '../i18n/index.ts';
import type { App } from '../store/app.ts';
import { takeDropped } from './take-dropped.ts';

/** Opens what a paste event brings; false when there is no file in it, so that text goes where it belongs. */
export function pasteFrom(app: App, data: DataTransfer | null): boolean {
  const files = [...(data?.files ?? [])];
  if (files.length === 0) return false;
  const pasted = translator(app.store.getState().view.language)('picture.pasted');
  // Browsers call everything pasted from a screen "image.png".
  const named = (file: File): File => (file.name === 'image.png' || file.name === '' ? new File([file], pasted, { type: file.type, lastModified: file.lastModified }) : file);
  void takeDropped(app, files.map(named).map((file) => ({ file, path: file.name })), false);
  return true;
}
