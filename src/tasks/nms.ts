/** Mask NMS: of queries that call the same pixels by the same name, the most certain one speaks. */
import type { LogitPlanes } from '../masks/types.ts';
import type { Claim } from './ownership.ts';

export interface NamedClaim extends Claim {
  /** Index of the likeliest name. */
  readonly label: number;
}

/**
 * The claims that stay, in order. One goes where a more certain one that stays has the same name and their masks, cut at
 * one half, have a greater intersection over union than `iou`, which none have at 1. Among equals the first stays.
 *
 * @param masks logits of all queries at stride 4
 */
export function distinct<C extends NamedClaim>(claims: readonly C[], masks: LogitPlanes, iou: number): readonly C[] {
  if (iou >= 1) return claims;
  const stay = new Map<C, Region>();
  for (const claim of claims.toSorted((a, b) => b.score - a.score)) {
    const region = regionOf(masks, claim.query);
    const covered = [...stay].some(([other, its]) => other.label === claim.label && overlaps(region, its, iou));
    if (!covered) stay.set(claim, region);
  }
  return claims.filter((claim) => stay.has(claim));
}

interface Region {
  readonly inside: Uint8Array;
  readonly area: number;
}

function regionOf({ height, width, data }: LogitPlanes, query: number): Region {
  const pixels = height * width;
  const inside = new Uint8Array(pixels);
  let area = 0;
  for (let i = 0, at = query * pixels; i < pixels; i++, at++) area += inside[i] = (data[at] as number) >= 0 ? 1 : 0;
  return { inside, area };
}

function overlaps(a: Region, b: Region, iou: number): boolean {
  // Masks of very different sizes cannot.
  if (Math.min(a.area, b.area) <= iou * Math.max(a.area, b.area)) return false;
  let shared = 0;
  for (let i = 0; i < a.inside.length; i++) shared += (a.inside[i] as number) & (b.inside[i] as number);
  return shared > iou * (a.area + b.area - shared);
}
