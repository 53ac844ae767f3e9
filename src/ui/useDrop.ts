/** Dropping anywhere, pasting anywhere. */
import { useEffect } from 'react';
import { pasteFrom } from '../actions/paste.ts';
import { takeDropped } from '../actions/take-dropped.ts';
import { droppedFiles, hasFolder } from '../gallery/entries.browser.ts';
import { update } from '../store/app.ts';
import { useApp } from './context.ts';

export function useDrop(): void {
  const app = useApp();
  useEffect(() => {
    // Entering a child leaves its parent: only the count tells when the page itself is left.
    let depth = 0;
    const carriesFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;
    const set = (dragging: boolean): void => {
      if (app.store.getState().view.dragging !== dragging) update(app, 'view', { dragging });
    };
    const handlers: { readonly [K in 'dragenter' | 'dragover' | 'dragleave' | 'drop']: (event: DragEvent) => void } = {
      dragenter: (event) => {
        if (carriesFiles(event)) set(++depth > 0);
      },
      dragover: (event) => {
        if (carriesFiles(event)) event.preventDefault();
      },
      dragleave: (event) => {
        if (carriesFiles(event)) set(--depth > 0);
      },
      drop: (event) => {
        depth = 0;
        set(false);
        const { dataTransfer } = event;
        if (!dataTransfer || dataTransfer.files.length === 0) return;
        event.preventDefault();
        const folder = hasFolder(dataTransfer);
        void droppedFiles(dataTransfer).then(({ given, unread }) => takeDropped(app, given, folder, unread));
      },
    };
    const paste = (event: ClipboardEvent): void => {
      // Office programs put a picture of the text beside it: in a field the text is meant.
      const typing = event.target instanceof Element && event.target.matches('input, textarea, [contenteditable]') && event.clipboardData?.types.includes('text/plain');
      if (event.defaultPrevented || typing) return;
      if (pasteFrom(app, event.clipboardData)) event.preventDefault();
    };
    const entries = Object.entries(handlers) as [keyof typeof handlers, (event: DragEvent) => void][];
    for (const [type, handler] of entries) window.addEventListener(type, handler);
    window.addEventListener('paste', paste);
    return () => {
      for (const [type, handler] of entries) window.removeEventListener(type, handler);
      window.removeEventListener('paste', paste);
    };
  }, [app]);
}
