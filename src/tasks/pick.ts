/**
 * Pick: what a person points at.
 *
 * A SEEM pack answers with its decoder: the marks are visual prompts, and the query whose mask embedding lies nearest
 * to what is under them gives the mask (spec section 11). Other packs choose among the proposals of the base pass, which
 * are there already: a heuristic, and no graph runs.
 */
import { measureMask } from '../masks/measure.ts';
import type { LogitPlanes, Size } from '../masks/types.ts';
import type { Decoded, MaskMapping, Placement } from './head.ts';
import { type Drawn, drawMarks } from './marks.ts';
import { argmax, dot, row, sigmoid, sigmoidAll } from './scores.ts';
import { solidMask } from './solid.ts';
import type { Prompted, Steps, VisualPrompt } from './steps.ts';
import type { Click, Marks, PickOutput } from './types.ts';

const MOST_POINTS = 512;
const MASK_STRIDE = 4;

/** Fit of each proposal, 0..1, but for the image query, which is none. */
export function fits(masks: LogitPlanes, { positive, negative, box }: Drawn): Float32Array {
  const plane = masks.width * masks.height;
  const p = new Float32Array(plane);
  const [inside, outside, boxed] = [placesIn(positive), placesIn(negative), placesIn(box)];
  const sumAt = (places: Uint32Array): number => places.reduce((sum, i) => sum + (p[i] as number), 0);
  return Float32Array.from({ length: masks.count - 1 }, (_, query) => {
    p.set(masks.data.subarray(query * plane, (query + 1) * plane));
    sigmoidAll(p);
    let all = 0;
    for (let i = 0; i < plane; i++) all += p[i] as number;
    let fit = 1;
    // Among equals the smaller mask: a click on a cup is not about the table.
    if (inside.length > 0) fit *= (sumAt(inside) / inside.length) * Math.sqrt(1 - all / plane);
    if (boxed.length > 0) {
      const within = sumAt(boxed);
      fit *= within / (all + boxed.length - within);
    }
    if (outside.length > 0) fit *= 1 - sumAt(outside) / outside.length;
    return fit;
  });
}

function placesIn(map: Uint8Array | null): Uint32Array {
  const places: number[] = [];
  map?.forEach((marked, i) => {
    if (marked === 1) places.push(i);
  });
  return Uint32Array.from(places);
}

/** Marked pixels as points, at most 512 of them, evenly drawn in raster order. */
export function pointsOf(map: Uint8Array, canvas: Size): Float32Array {
  const marked: number[] = [];
  map.forEach((inside, i) => {
    if (inside) marked.push(i);
  });
  const count = Math.min(marked.length, MOST_POINTS);
  const points = new Float32Array(count * 2);
  for (let k = 0; k < count; k++) {
    const i = marked[Math.floor((k * marked.length) / count)] as number;
    points[2 * k] = (2 * (i % canvas.width)) / canvas.width - 1;
    points[2 * k + 1] = (2 * Math.floor(i / canvas.width)) / canvas.height - 1;
  }
  return points;
}

function answer(decoded: Decoded, query: number, score: number, mapping: MaskMapping): PickOutput {
  const mask = solidMask(decoded, query, mapping);
  return { size: mapping.size, mask, score, query, ...measureMask({ ...mapping.size, data: mask }) };
}

async function byPrompts(steps: Steps, marks: Marks, outputSize: Size | undefined): Promise<PickOutput> {
  const placement = await steps.placement();
  const { picture, content, padded } = placement;
  const drawn = drawMarks(marks, picture, content, padded);
  const prompts: VisualPrompt[] = [];
  for (const [map, positive] of [[drawn.positive, true], [drawn.box, true], [drawn.negative, false]] as const) {
    const points = map && pointsOf(map, padded);
    if (points && points.length > 0) prompts.push({ points, positive });
  }
  const prompted = await steps.prompted(prompts);
  return steps.head(() => nearest(prompted, marks.clicks ?? [], placement, steps.mapping(outputSize)));
}

/** The query nearest to what lies under the marks. What clicks exclude is cut away, which the original does not do. */
function nearest({ decoded, maskEmbeddings, pooled }: Prompted, clicks: readonly Click[], placement: Placement, mapping: MaskMapping): PickOutput {
  const scores = Float32Array.from({ length: maskEmbeddings.count }, (_, q) => dot(row(maskEmbeddings, q), pooled));
  const query = argmax(scores);
  const { masks } = decoded;
  const plane = masks.width * masks.height;
  const data = without(masks.data.slice(query * plane, (query + 1) * plane), masks, clicks, placement);
  return { ...answer({ ...decoded, masks: { ...masks, count: 1, data } }, 0, sigmoid(scores[query] as number), mapping), query };
}

/**
 * Mask logits of one plane, less what a person excludes: for each click that is not meant and still lies inside, the smallest
 * mask that has it inside, and none that is meant, is cut away. Changes and returns `mask`.
 */
export function without(mask: Float32Array, masks: LogitPlanes, clicks: readonly Click[], { picture, content, padded }: Placement): Float32Array {
  const cell = (at: number, side: 'width' | 'height'): number => Math.min(masks[side] - 1, Math.floor(((at * (content[side] / picture[side])) / padded[side]) * masks[side]));
  const under = (positive: boolean): number[] => clicks.filter((click) => click.positive === positive).map(({ x, y }) => cell(y, 'height') * masks.width + cell(x, 'width'));
  const [meant, excluded] = [under(true), under(false)];
  if (excluded.length === 0) return mask;
  const plane = masks.width * masks.height;
  const others = Array.from({ length: masks.count }, (_, query) => masks.data.subarray(query * plane, (query + 1) * plane))
    .filter((other) => meant.every((at) => (other[at] as number) <= 0))
    .map((other) => ({ other, area: other.reduce((sum, logit) => sum + (logit > 0 ? 1 : 0), 0) }))
    .toSorted((a, b) => a.area - b.area);
  for (const at of excluded) {
    const there = (mask[at] as number) > 0 ? others.find(({ other }) => (other[at] as number) > 0) : undefined;
    there?.other.forEach((logit, i) => (mask[i] = Math.min(mask[i] as number, -logit)));
  }
  return mask;
}

async function byProposals(steps: Steps, marks: Marks, outputSize: Size | undefined): Promise<PickOutput> {
  const decoded = await steps.base();
  const { picture, content } = await steps.placement();
  return steps.head(() => {
    const small = { width: Math.max(1, Math.floor(content.width / MASK_STRIDE)), height: Math.max(1, Math.floor(content.height / MASK_STRIDE)) };
    const fit = fits(decoded.masks, drawMarks(marks, picture, small, decoded.masks));
    const query = argmax(fit);
    return answer(decoded, query, fit[query] as number, steps.mapping(outputSize));
  });
}

export const pick = (steps: Steps, marks: Marks, outputSize: Size | undefined): Promise<PickOutput> =>
  (steps.promptable ? byPrompts : byProposals)(steps, marks, outputSize);

/** One sentence about what is wrong with marks, or null. */
export function checkMarks({ clicks = [], box, stroke = [], mask }: Marks): string | null {
  const places = [...clicks, ...stroke].flatMap(({ x, y }) => [x, y]);
  if (![...places, ...(box ?? [])].every(Number.isFinite)) return 'A click, box or stroke has a coordinate that is no number.';
  if (box && !(box[2] > 0 && box[3] > 0)) return 'The box is empty.';
  if (mask && !mask.data.includes(1)) return 'The mask is empty.';
  const wanted = clicks.some((c) => c.positive) || box !== undefined || stroke.length > 0 || mask !== undefined;
  return wanted ? null : 'Nothing is pointed at: at least one click inside, a box, a stroke or a mask.';
}
