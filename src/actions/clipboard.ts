import { EngineError } from '../engine/errors.ts';

/** Puts something on the clipboard. @throws EngineError that says why the browser did not take it */
export async function toClipboard(write: (clipboard: Clipboard) => Promise<void>): Promise<void> {
  // Outside a secure context there is none, whatever the types say.
  const clipboard: Clipboard | undefined = navigator.clipboard;
  if (!clipboard) throw new EngineError('bad-input', 'A page that is not served over https may not use the clipboard.', { advice: 'Open the page over https or on localhost, or save it as a file.' });
  try {
    await write(clipboard);
  } catch (cause) {
    throw new EngineError('bad-input', 'The browser did not let this page use the clipboard.', { advice: 'Allow it in the address bar and try again, or save it as a file.', cause });
  }
}
