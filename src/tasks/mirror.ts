/**
 * The picture and its mirror image, at the same size or another, seen by the same queries: an ensemble of two that needs
 * no more weights (docs/decisions/0014, 0016), for a second reading of the picture.
 */
import { resamplePlane, scaledTaps } from '../masks/resample.ts';
import { turnedOver } from '../masks/turned.ts';
import type { LogitPlanes, Size } from '../masks/types.ts';
import type { Decoded } from './head.ts';
import type { Rows } from './scores.ts';
import type { Steps } from './steps.ts';

/**
 * The latent queries' answer. With the size at which the mirror image is seen as well, after it that for the mirror
 * image, its masks turned back and brought to the same cells: twice the queries.
 */
export async function seen(steps: Steps, mirrored: string | null): Promise<Decoded> {
  const plain = await steps.base();
  if (mirrored === null) return plain;
  const other = steps.mirrored(mirrored);
  const { masks, embeddings } = await other.base();
  const [here, there] = [(await steps.placement()).content, (await other.placement()).content];
  const upright = { ...masks, data: turnedOver(masks.data, masks.width) };
  const back = brought(upright, plain.masks, { width: there.width / here.width, height: there.height / here.height });
  return { masks: joined(plain.masks, back), embeddings: joined(plain.embeddings, embeddings) };
}

/** Masks on other cells. @param scale how many of their cells there are to one of the others */
function brought(masks: LogitPlanes, { width, height }: Size, scale: Size): LogitPlanes {
  const [y, x] = [scaledTaps(masks.height, height, scale.height), scaledTaps(masks.width, width, scale.width)];
  const [cells, own] = [width * height, masks.width * masks.height];
  const data = new Float32Array(masks.count * cells);
  for (let q = 0; q < masks.count; q++) resamplePlane(masks.data.subarray(q * own, (q + 1) * own), y, x, data.subarray(q * cells, (q + 1) * cells));
  return { count: masks.count, width, height, data };
}

function joined<T extends Rows | LogitPlanes>(a: T, b: T): T {
  const data = new Float32Array(a.data.length + b.data.length);
  data.set(a.data);
  data.set(b.data, a.data.length);
  return { ...a, count: a.count + b.count, data };
}
