/** The worker's half: one request, one answer, in order. */
import { outlinesOf, toleranceOf } from './index.ts';
import type { Size } from '../masks/types.ts';

export interface OutlineRequest {
  readonly key: string;
  readonly ids: Uint16Array;
  readonly size: Size;
  readonly count: number;
  /** 0..1 */
  readonly detail: number;
}

self.addEventListener('message', ({ data }: MessageEvent<OutlineRequest>): void => {
  const { key, ids, size, count, detail } = data;
  self.postMessage({ key, detail, outlines: outlinesOf(ids, size, count, toleranceOf(detail)) });
});
