/**
 * Pick: what a person points at.
 *
 * A SEEM pack answers with its decoder: the marks are visual prompts, and the queries whose mask embeddings lie nearest
 * to what is under them give the mask (spec section 11). Other packs choose among the proposals of the base pass, which
 * are there already: a heuristic, and no graph runs. What is small is looked at closer, where the pack says so.
 */
import { measureMask } from '../masks/measure.ts';
import type { Box, LogitPlanes, Size } from '../masks/types.ts';
import { corrected, within } from './correct.ts';
import { firstInside, partAround, partOn, putBack, withinPart } from './closer.ts';
import { MASK_STRIDE, type MaskMapping, type Placement } from './head.ts';
import { type Drawn, drawMarks, liesOn, onPicture, toObey } from './marks.ts';
import { argmax, dot, row, sigmoid, sigmoidAll, softmax } from './scores.ts';
import { solidMask } from './solid.ts';
import type { Prompted, Steps, VisualPrompt } from './steps.ts';
import type { Marks, PickOutput, TaskInputs } from './types.ts';

const MOST_POINTS = 512;

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
      const shared = sumAt(boxed);
      fit *= shared / (all + boxed.length - shared);
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

/** What answers marks: one plane of mask logits at stride 4. */
interface Answer {
  readonly plane: LogitPlanes;
  readonly query: number;
  readonly score: number;
}

async function byPrompts(steps: Steps, marks: Marks, scale: number | null): Promise<Answer> {
  const placement = await steps.placement();
  const { picture, content, padded } = placement;
  const drawn = drawMarks(marks, picture, content, padded);
  const prompts: VisualPrompt[] = [];
  for (const [map, positive] of [[drawn.positive, true], [drawn.box, true], [drawn.negative, false]] as const) {
    const points = map && pointsOf(map, padded);
    if (points && points.length > 0) prompts.push({ points, positive });
  }
  const prompted = await steps.prompted(prompts);
  return steps.head(() => nearest(prompted, marks, placement, scale));
}

/**
 * The answer of queries near what lies under the marks; with a box that of the mask that fits it best. Marks are obeyed,
 * which the original does not do.
 */
function nearest({ decoded: { masks }, maskEmbeddings, pooled }: Prompted, marks: Marks, placement: Placement, scale: number | null): Answer {
  const scores = Float32Array.from({ length: maskEmbeddings.count }, (_, q) => dot(row(maskEmbeddings, q), pooled));
  const box = marks.box ? onMasks({ box: marks.box }, placement, masks).box : null;
  const fit = box ? fits(masks, { positive: null, negative: null, box }) : scores;
  const query = argmax(fit);
  const data = within(corrected(meant(masks, fit, box ? null : scale), masks, toObey(marks, placement.picture), placement), box);
  return { plane: { ...masks, count: 1, data }, query, score: sigmoid(scores[query] as number) };
}

/** Marks where the masks are. */
function onMasks(marks: Marks, { picture, content }: Placement, masks: LogitPlanes): Drawn {
  const small = { width: Math.max(1, Math.floor(content.width / MASK_STRIDE)), height: Math.max(1, Math.floor(content.height / MASK_STRIDE)) };
  return drawMarks(marks, picture, small, masks);
}

/**
 * Mask logits of all queries, each as much as it is meant by its score.
 * @param scale of scores before their softmax; null as in the original, the best query's mask alone
 */
export function meant(masks: LogitPlanes, scores: Float32Array, scale: number | null): Float32Array {
  const plane = masks.width * masks.height;
  const best = argmax(scores);
  if (scale === null) return masks.data.slice(best * plane, (best + 1) * plane);
  const shares = softmax(scores.map((score) => scale * score));
  const mean = new Float32Array(plane);
  shares.forEach((share, query) => {
    for (let i = 0; i < plane; i++) mean[i] = (mean[i] as number) + share * (masks.data[query * plane + i] as number);
  });
  return mean;
}

async function byProposals(steps: Steps, marks: Marks): Promise<Answer> {
  const { masks } = await steps.base();
  const placement = await steps.placement();
  return steps.head(() => {
    const drawn = onMasks(marks, placement, masks);
    const fit = fits(masks, drawn);
    const query = argmax(fit);
    const data = within(corrected(meant(masks, fit, null), masks, toObey(marks, placement.picture), placement), drawn.box);
    return { plane: { ...masks, count: 1, data }, query, score: fit[query] as number };
  });
}

export interface PickOptions {
  /** How sharply an answer to marks follows the nearest query (`meant`). */
  readonly scoreScale: number | null;
  /** Share of the picture up to which what is clicked is looked at closer; 0: never. */
  readonly closer: number;
}

export async function pick(steps: Steps, input: TaskInputs['pick'], { scoreScale, closer }: PickOptions): Promise<PickOutput> {
  const ask = (at: Steps, about: Marks): Promise<Answer> => (at.promptable ? byPrompts(at, about, scoreScale) : byProposals(at, about));
  const { clicks = [], outputSize } = input;
  // Where to look is told by the first click alone, so that those after it need not encode another part.
  const placement = await steps.placement();
  const first = firstInside(input, placement.picture);
  const alone = clicks.length === 1;
  const unknown = closer > 0 && !input.part && (alone || input.part === undefined);
  const found = first && unknown ? await ask(steps, { clicks: [first] }) : null;
  const part = first && (input.part ?? (found && partAround(found.plane, first, placement, closer)));
  const inner = part && withinPart(clicks, part);
  if (!inner || input.part === null) {
    const answer = found && alone ? found : await ask(steps, input);
    return steps.head(() => {
      const mapping = steps.mapping(outputSize);
      return picked(answer, solid(answer, mapping), mapping.size, inner && part);
    });
  }
  const near = steps.closer(part);
  const answer = await ask(near, { clicks: inner });
  const size = outputSize ?? placement.picture;
  return near.head(() => {
    const [left, top, width, height] = partOn(part, placement.picture, size);
    const seen = solid(answer, near.mapping({ width, height }));
    return picked(answer, putBack(seen, [left, top, width, height], size), size, part);
  });
}

const solid = ({ plane }: Answer, mapping: MaskMapping): Uint8Array => solidMask(plane, 0, mapping);

const picked = ({ score, query }: Answer, mask: Uint8Array, size: Size, part: Box | null): PickOutput => ({
  size, mask, score, query, part, ...measureMask({ ...size, data: mask }),
});

/** One sentence about what is wrong with a part of a picture of this size, or null. */
export function checkPart(part: Box | null | undefined, { width, height }: Size): string | null {
  if (!part) return null;
  const [x, y, w, h] = part;
  const there = part.every(Number.isInteger) && x >= 0 && y >= 0 && w > 0 && h > 0 && x + w <= width && y + h <= height;
  return there ? null : 'The part to look at closer is no part of the picture.';
}

/** One sentence about what is wrong with marks on a picture of this size, or null. */
export function checkMarks({ clicks = [], box, stroke = [], mask }: Marks, picture: Size): string | null {
  const places = [...clicks, ...stroke].flatMap(({ x, y }) => [x, y]);
  if (![...places, ...(box ?? [])].every(Number.isFinite)) return 'A click, box or stroke has a coordinate that is no number.';
  if (box && !(box[2] > 0 && box[3] > 0)) return 'The box is empty.';
  if (mask && mask.data.length !== mask.width * mask.height) return 'The mask has the wrong number of pixels.';
  if (mask && !mask.data.includes(1)) return 'The mask is empty.';
  const wanted = clicks.some((c) => c.positive) || box !== undefined || stroke.length > 0 || mask !== undefined;
  if (!wanted) return 'Nothing is pointed at: at least one click inside, a box, a stroke or a mask.';
  const boxed = box !== undefined && onPicture(box, picture) !== null;
  const touched = boxed || mask !== undefined || clicks.some((c) => c.positive && liesOn(c, picture)) || stroke.some((at) => liesOn(at, picture));
  return touched ? null : 'What is pointed at lies outside the picture.';
}
