/** The app from outside: drop a photo, wait until its regions are drawn. */
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Page } from '@playwright/test';
import { SAMPLES } from './context.ts';

export interface Overlay {
  /** From the drop to the second frame after the regions were there. */
  readonly ms: number;
  readonly timings: Readonly<Record<string, number>>;
}

export async function dropPhoto(page: Page, photo: string): Promise<Overlay> {
  const file = await readFile(join(SAMPLES, photo));
  // No named function inside: the loader of this file would wrap it with a helper that the page lacks.
  return page.evaluate(
    async ({ base64, name }) => {
      const data = new DataTransfer();
      data.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name));
      const x = window.__xdecoder;
      const start = performance.now();
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
      while (!(x.picture()?.name === name && x.see() !== null && x.busy() === null)) {
        const wrong = x.notices().find((notice) => notice.failure);
        if (wrong?.failure) throw new RangeError(wrong.failure.message);
        // Not by frames: asking for them would draw some that nobody sees.
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      for (let frames = 0; frames < 2; frames++) await new Promise((resolve) => requestAnimationFrame(resolve));
      return { ms: performance.now() - start, timings: { ...x.picture()?.timings, ...x.see()?.timings } };
    },
    { base64: file.toString('base64'), name: basename(photo) },
  );
}
