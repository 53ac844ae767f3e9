/** The worker's half: one request, one answer, in order. */
import { outlinesOf } from './index.ts';
import type { Size } from '../masks/types.ts';

export interface OutlineRequest {
  readonly key: string;
  readonly ids: Uint16Array;
  readonly size: Size;
  readonly count: number;
}

self.addEventListener('message', ({ data }: MessageEvent<OutlineRequest>): void => {
  self.postMessage({ key: data.key, outlines: outlinesOf(data.ids, data.size, data.count) });
});
