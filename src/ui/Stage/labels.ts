/** Labels: a name and a score at the inmost point of each region; where two would overlap, the larger region's stays. */
import type { View } from '../../engine/picture/screen.ts';
import { score as written } from '../../i18n/numbers.ts';
import type { Scene } from './scene.ts';

interface Wanted {
  readonly name: string;
  readonly score: string;
  readonly x: number;
  readonly y: number;
  /** Shown whatever it covers. */
  readonly always: boolean;
}

interface Placed extends Wanted {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly nameWidth: number;
}

const GAP = 4;
const FONT = '560 12px "Inter Variable", Inter, system-ui, "Noto Sans KR", sans-serif';
const SMALL_FONT = FONT.replace('12px', '11px');
/** Regions narrower than this on the screen carry no label until they are pointed at. */
const LEAST_RADIUS = 7;

type Context = CanvasRenderingContext2D;

function wanted({ see, find, findNote, proposed, looks, picture, selection, threshold, labels }: Scene, view: View): Wanted[] {
  const place = (x: number, y: number, width: number) => {
    const scale = (view.scale * picture.size.width) / width;
    return { x: x * scale + view.x, y: y * scale + view.y };
  };
  if (find) {
    // A found mask may be in several pieces: the middle of its box can lie far from all of them.
    const inmost = find.outlines?.inmost[1];
    if (!inmost) return [];
    return [{ name: find.result.phrase, score: findNote, ...place(inmost.x + 0.5, inmost.y + 0.5, find.result.size.width), always: true }];
  }
  const list: Wanted[] = [];
  const outlines = see?.outlines;
  if (!see || !outlines) return list;
  const scale = (view.scale * picture.size.width) / outlines.size.width;
  for (const { id, label, score } of see.result.segments) {
    const inmost = outlines.inmost[id];
    const always = id === selection.hovered || selection.picked.includes(id);
    if (!inmost || !looks.has(id)) continue;
    if (!always && (!labels || score < threshold || inmost.distance * scale < LEAST_RADIUS)) continue;
    const entry = { name: label, score: written(score), ...place(inmost.x + 0.5, inmost.y + 0.5, outlines.size.width), always };
    if (always) list.unshift(entry);
    else list.push(entry);
  }
  for (const { label, score, outlines: own } of proposed) {
    const inmost = own?.inmost[1];
    if (own && inmost) list.unshift({ name: label, score: written(score), ...place(inmost.x + 0.5, inmost.y + 0.5, own.size.width), always: true });
  }
  return list;
}

export function drawLabels(context: Context, scene: Scene, view: View, stage: { width: number; height: number }): void {
  const edge = { left: Math.max(GAP, view.x + GAP), right: Math.min(stage.width, view.x + scene.picture.size.width * view.scale) - GAP };
  const compact = stage.width < 480;
  const height = compact ? 18 : 21;
  const pad = compact ? 6 : 8;
  context.font = compact ? SMALL_FONT : FONT;
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  context.direction = 'ltr'; // places are measured from the left; words inside still run their own way
  const placed: Placed[] = [];
  for (const label of wanted(scene, view)) {
    if (label.x < 0 || label.y < 0 || label.x > stage.width || label.y > stage.height) continue;
    const room = stage.width - 2 * GAP;
    const withScore = !compact || label.always;
    const scoreWidth = withScore ? context.measureText(label.score).width + 5 : 0;
    const name = fitted(context, label.name, room - scoreWidth - 2 * pad);
    const nameWidth = context.measureText(name).width;
    const width = nameWidth + scoreWidth + 2 * pad;
    // Inside the picture where it is wide enough for that, else inside the stage.
    const within = edge.right - edge.left >= width ? edge : { left: GAP, right: stage.width - GAP };
    const left = Math.min(Math.max(within.left, label.x - width / 2), Math.max(within.left, within.right - width));
    const top = label.y - height / 2;
    const free = placed.every((p) => left > p.left + p.width + GAP || left + width + GAP < p.left || Math.abs(top - p.top) > height + GAP);
    if (free || label.always) placed.push({ ...label, name, score: withScore ? label.score : '', left, top, width, nameWidth });
  }
  for (const { left, top, width, name, score, nameWidth } of placed.toReversed()) {
    context.fillStyle = 'rgb(13 16 23 / 0.86)';
    context.beginPath();
    context.roundRect(left, top, width, height, height / 2);
    context.fill();
    context.fillStyle = '#fff';
    context.fillText(name, left + pad, top + height / 2 + 0.5);
    context.fillStyle = 'rgb(255 255 255 / 0.72)';
    context.fillText(score, left + pad + nameWidth + 5, top + height / 2 + 0.5);
  }
}

/** Cut with an ellipsis where a phrase is longer than the stage is wide. */
function fitted(context: Context, text: string, room: number): string {
  if (context.measureText(text).width <= room) return text;
  let cut = text;
  while (cut.length > 1 && context.measureText(`${cut}…`).width > room) cut = cut.slice(0, -1);
  return `${cut.trimEnd()}…`;
}
