/**
 * The picture and its mirror image seen by the same queries: an ensemble of two that needs no more weights
 * (docs/decisions/0014), for twice the time.
 */
import { turnedOver } from '../masks/turned.ts';
import type { LogitPlanes } from '../masks/types.ts';
import type { Decoded } from './head.ts';
import type { Rows } from './scores.ts';
import type { Steps } from './steps.ts';

/** The latent queries' answer; `mirrored`: after it that for the mirror image, its masks turned back: twice the queries. */
export async function seen(steps: Steps, mirrored: boolean): Promise<Decoded> {
  const plain = await steps.base();
  if (!mirrored) return plain;
  const { masks, embeddings } = await steps.mirrored().base();
  return { masks: joined(plain.masks, { ...masks, data: turnedOver(masks.data, masks.width) }), embeddings: joined(plain.embeddings, embeddings) };
}

function joined<T extends Rows | LogitPlanes>(a: T, b: T): T {
  const data = new Float32Array(a.data.length + b.data.length);
  data.set(a.data);
  data.set(b.data, a.data.length);
  return { ...a, count: a.count + b.count, data };
}
