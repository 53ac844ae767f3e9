/** The gallery's machinery for a page. */
import { GalleryThreads } from './threads.ts';

export { GalleryThreads } from './threads.ts';

export function createThreads(): GalleryThreads {
  return new GalleryThreads(
    () => new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'gallery' }),
    globalThis.navigator?.hardwareConcurrency ?? 1,
  );
}
