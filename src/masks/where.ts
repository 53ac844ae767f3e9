/** Some regions of an id map as one mask. */
import type { Mask, Size } from './types.ts';

export const maskWhere = (ids: Uint16Array, { width, height }: Size, inside: (id: number) => boolean): Mask => ({
  width, height, data: Uint8Array.from(ids, (id) => (inside(id) ? 1 : 0)),
});
