/** The line layer: outlines of things, of what is pointed at, picked or found, and the gesture under way. */
import type { View } from '../../engine/picture/screen.ts';
import type { Outlines } from '../../outline/types.ts';
import type { Size } from '../../masks/types.ts';
import { css, lighter } from './colors.ts';
import type { Scene } from './scene.ts';

export interface Ink {
  readonly accent: string;
}

type Context = CanvasRenderingContext2D;

/** Paths by region, in pixels of the map: built once for each traced result, scaled by the canvas. */
const paths = new WeakMap<Outlines, Map<number, Path2D>>();

function pathOf(outlines: Outlines, id: number): Path2D {
  let known = paths.get(outlines);
  if (!known) paths.set(outlines, (known = new Map()));
  let path = known.get(id);
  if (path) return path;
  path = new Path2D();
  for (const ring of outlines.rings[id] ?? []) {
    path.moveTo(ring[0] as number, ring[1] as number);
    for (let i = 2; i < ring.length; i += 2) path.lineTo(ring[i] as number, ring[i + 1] as number);
    path.closePath();
  }
  known.set(id, path);
  return path;
}

/** Draws in pixels of a map that spans the picture, with lines measured on the screen. */
function inMap(context: Context, view: View, picture: Size, map: Size, draw: (pixel: number) => void): void {
  const scale = (view.scale * picture.width) / map.width;
  context.save();
  context.translate(view.x, view.y);
  context.scale(scale, (view.scale * picture.height) / map.height);
  context.lineJoin = 'round';
  draw(1 / scale);
  context.restore();
}

export function drawLines(context: Context, scene: Scene, view: View, ink: Ink): void {
  if (scene.find) drawFound(context, scene, view, ink);
  else drawSeen(context, scene, view);
  drawPointed(context, scene, view, ink);
  drawProposed(context, scene, view, ink);
  drawMarks(context, scene, view, ink);
  drawGesture(context, scene, view, ink);
}

function drawSeen(context: Context, { see, looks, threshold, opacity, picture }: Scene, view: View): void {
  const outlines = see?.outlines;
  if (!see || !outlines) return;
  inMap(context, view, picture.size, outlines.size, (pixel) => {
    for (const { id, isThing, score } of see.result.segments) {
      const look = looks.get(id);
      if (!look || !isThing || score < threshold || opacity === 0) continue;
      context.lineWidth = 1.6 * pixel;
      context.strokeStyle = css(lighter(look.color), 0.9 * Math.min(1, opacity + 0.2));
      context.stroke(pathOf(outlines, id));
    }
  });
}

/** What is picked among the regions that are seen, and what is pointed at whatever is shown: the list points too. */
function drawPointed(context: Context, { see, find, looks, selection: { picked, hovered }, picture }: Scene, view: View, ink: Ink): void {
  const outlines = see?.outlines;
  if (!outlines) return;
  const marked = new Set(find ? [] : picked);
  inMap(context, view, picture.size, outlines.size, (pixel) => {
    for (const id of new Set([...marked, ...(hovered === null ? [] : [hovered])])) {
      const path = pathOf(outlines, id);
      const look = looks.get(id);
      if (look && id === hovered) {
        context.fillStyle = css(look.color, 0.32);
        context.fill(path, 'evenodd');
      }
      underlined(context, path, pixel, marked.has(id) ? ink.accent : '#fff');
    }
  });
}

/** Picked regions with masks of their own, whatever else is shown. */
function drawProposed(context: Context, { proposed, picture }: Scene, view: View, ink: Ink): void {
  for (const { outlines: own } of proposed) {
    if (own) inMap(context, view, picture.size, own.size, (pixel) => underlined(context, pathOf(own, 1), pixel, ink.accent));
  }
}

/** A dark line under the bright one: visible on any picture. */
function underlined(context: Context, path: Path2D, pixel: number, color: string): void {
  context.lineWidth = 4.5 * pixel;
  context.strokeStyle = 'rgb(10 11 14 / 0.55)';
  context.stroke(path);
  context.lineWidth = 2.5 * pixel;
  context.strokeStyle = color;
  context.stroke(path);
}

function drawFound(context: Context, { find, picture }: Scene, view: View, ink: Ink): void {
  const outlines = find?.outlines;
  if (!find || !outlines) return;
  inMap(context, view, picture.size, outlines.size, (pixel) => {
    context.lineWidth = 2.5 * pixel;
    context.strokeStyle = ink.accent;
    if (!find.result.matches) context.setLineDash([7 * pixel, 5 * pixel]);
    context.stroke(pathOf(outlines, 1));
  });
}

const MARK = 7;

/** A disc with a plus on what is meant, with a minus beside it. */
function drawMarks(context: Context, { selection: { marks } }: Scene, view: View, ink: Ink): void {
  for (const { x, y, positive } of marks) {
    const [cx, cy] = [x * view.scale + view.x, y * view.scale + view.y];
    context.beginPath();
    context.arc(cx, cy, MARK, 0, 2 * Math.PI);
    context.fillStyle = positive ? ink.accent : '#fff';
    context.fill();
    context.lineWidth = 1.5;
    context.strokeStyle = 'rgb(10 11 14 / 0.85)';
    context.stroke();
    context.beginPath();
    context.moveTo(cx - MARK / 2, cy);
    context.lineTo(cx + MARK / 2, cy);
    if (positive) {
      context.moveTo(cx, cy - MARK / 2);
      context.lineTo(cx, cy + MARK / 2);
    }
    context.stroke();
  }
}

function drawGesture(context: Context, { selection: { drawing } }: Scene, view: View, ink: Ink): void {
  if (!drawing) return;
  context.save();
  context.strokeStyle = ink.accent;
  if (drawing.kind === 'box') {
    const [x, y, width, height] = drawing.box;
    context.lineWidth = 1.5;
    context.setLineDash([5, 4]);
    context.strokeRect(x * view.scale + view.x, y * view.scale + view.y, width * view.scale, height * view.scale);
  } else {
    const { points, radius, mode } = drawing.stroke;
    context.globalAlpha = 0.5;
    if (mode === 'remove') context.strokeStyle = '#fff';
    context.lineWidth = radius * 2 * view.scale;
    context.lineCap = context.lineJoin = 'round';
    context.beginPath();
    points.forEach(({ x, y }) => context.lineTo(x * view.scale + view.x, y * view.scale + view.y));
    context.stroke();
  }
  context.restore();
}
