/**
 * Pointer, wheel and touch on the stage, turned into actions.
 *
 * Every drag is one of a few kinds (pan, box, stroke, pinch), chosen when it starts from the tool and the button; a
 * press that hardly moves is a pick. The stage's own view is asked, never kept here.
 */
import { aim, cycle } from '../../actions/cycle.ts';
import { point as pointAt } from '../../actions/point.ts';
import { hover, pick, seeRegions, type PickMode } from '../../actions/regions.ts';
import { fromScreen } from '../../engine/picture/screen.ts';
import type { Box, Point } from '../../masks/types.ts';
import { update, type App } from '../../store/app.ts';
import { editSelection } from '../../store/edit.ts';
import { currentPicture, currentSee } from '../../store/select.ts';
import type { Stroke } from '../../store/slices/selection.ts';
import { zoomed, kept } from './camera.ts';
import { regionAt, regionsIn } from '../../store/hit.ts';
import type { Painter } from './painter.ts';

const CLICK_SLOP = 4;
const LONG_PRESS_MS = 450;
/** Turning the wheel this far with Alt goes one region on. */
const WHEEL_STEP = 60;

type Drag = { kind: 'press' | 'pan' | 'box' | 'stroke'; start: Point; last: Point; mode: PickMode; moved: boolean; drawn: boolean };

export function attachGestures(element: HTMLElement, app: App, painter: Painter): () => void {
  const pointers = new Map<number, Point>();
  let drag: Drag | null = null;
  let spread = 0;
  let middle: Point = { x: 0, y: 0 };
  let space = false;
  let press = 0;
  let turned = 0;

  const local = (event: { clientX: number; clientY: number }): Point => {
    const box = element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const inPicture = (at: Point): Point | null => {
    const view = painter.view;
    return view && fromScreen(view, at);
  };
  const region = (at: Point): number | null => {
    const state = app.store.getState();
    const [picture, see, point] = [currentPicture(state), currentSee(state), inPicture(at)];
    const regions = see && app.vault.regions(see.id);
    const id = picture && regions && point ? regionAt(regions, picture.size, point) : null;
    return see?.segments.some((s) => s.id === id) ? id : null; // what was taken away is not there
  };
  const zoom = (about: Point, factor: number): void => {
    const picture = currentPicture(app.store.getState());
    const { view, fit, stage } = painter;
    if (picture && view && fit) update(app, 'view', { camera: zoomed(view, about, factor, fit, picture.size, stage) });
  };
  const pan = (from: Point, to: Point): void => {
    const picture = currentPicture(app.store.getState());
    const view = painter.view;
    if (!picture || !view) return;
    update(app, 'view', { camera: kept({ scale: view.scale, x: view.x + to.x - from.x, y: view.y + to.y - from.y }, picture.size, painter.stage) });
  };
  const modeOf = (event: PointerEvent | MouseEvent): PickMode => (event.altKey || event.button === 2 ? 'remove' : event.shiftKey ? 'add' : 'set');
  const choose = (at: Point, mode: PickMode): void => {
    const { view: { tool }, selection: { picked } } = app.store.getState();
    if (tool === 'point') {
      const place = inPicture(at);
      if (place) pointAt(app, place, mode);
      return;
    }
    const id = region(at);
    if (id !== null) pick(app, [id], mode === 'set' && picked.length === 1 && picked[0] === id ? 'remove' : mode === 'add' && picked.includes(id) ? 'remove' : mode);
    else if (mode === 'set') pick(app, [], 'set');
  };
  const abandon = (): void => {
    clearTimeout(press);
    drag = null;
    update(app, 'selection', { drawing: null });
  };

  const down = (event: PointerEvent): void => {
    if (!currentPicture(app.store.getState())) return;
    const at = local(event);
    pointers.set(event.pointerId, at);
    if (pointers.size === 2) {
      ({ spread, middle } = fingers());
      return abandon();
    }
    const { tool, camera, brush } = app.store.getState().view;
    const moves = event.button === 1 || space || tool === 'pan';
    const mode = modeOf(event);
    const start = inPicture(at);
    if (!start) return;
    aim(app, start);
    const touchPan = event.pointerType === 'touch' && camera === null;
    const kind = moves ? 'pan' : tool === 'pick' || tool === 'point' || event.button === 2 ? 'press' : tool === 'box' ? 'box' : 'stroke';
    drag = { kind, start: at, last: at, mode, moved: false, drawn: kind === 'stroke' };
    if (kind !== 'press' || !touchPan) element.setPointerCapture(event.pointerId);
    if (kind === 'press' && event.pointerType === 'touch') {
      press = window.setTimeout(() => {
        if (drag && !drag.moved) choose(at, 'toggle');
        drag = null;
      }, LONG_PRESS_MS);
    }
    if (kind === 'stroke') {
      seeRegions(app);
      const radius = brush / (painter.view?.scale ?? 1);
      const stroke: Stroke = { mode: tool === 'eraser' || event.altKey ? 'remove' : 'add', radius, points: [start] };
      update(app, 'selection', { drawing: { kind: 'stroke', stroke } });
    }
  };

  const move = (event: PointerEvent): void => {
    const at = local(event);
    if (pointers.has(event.pointerId)) pointers.set(event.pointerId, at);
    if (pointers.size === 2) return pinch();
    if (!drag) {
      if (event.pointerType !== 'touch') hover(app, region(at));
      aim(app, inPicture(at));
      return;
    }
    // Escape took away what was being drawn: the rest of the movement draws nothing.
    if (drag.drawn && app.store.getState().selection.drawing === null) return abandon();
    drag.moved ||= Math.hypot(at.x - drag.start.x, at.y - drag.start.y) > CLICK_SLOP;
    if (!drag.moved) return;
    clearTimeout(press);
    const point = inPicture(at);
    const from = inPicture(drag.start);
    if (!point || !from) return;
    // With the pick tool a drag moves the picture, once there is something to move it in.
    if (drag.kind === 'pan' || (drag.kind === 'press' && app.store.getState().view.camera !== null)) pan(drag.last, at);
    else if (drag.kind === 'box') {
      const box: Box = [Math.min(from.x, point.x), Math.min(from.y, point.y), Math.abs(point.x - from.x), Math.abs(point.y - from.y)];
      if (!drag.drawn) seeRegions(app);
      drag.drawn = true;
      update(app, 'selection', { drawing: { kind: 'box', box } });
    } else if (drag.kind === 'stroke') {
      const { drawing } = app.store.getState().selection;
      if (drawing?.kind !== 'stroke') return;
      update(app, 'selection', { drawing: { kind: 'stroke', stroke: { ...drawing.stroke, points: [...drawing.stroke.points, point] } } });
    }
    drag.last = at;
  };

  const fingers = () => {
    const [a, b] = [...pointers.values()] as [Point, Point];
    return { spread: Math.hypot(a.x - b.x, a.y - b.y), middle: { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 } };
  };
  /** What lies between the fingers stays there, wherever they go. */
  const pinch = (): void => {
    const now = fingers();
    if (spread > 0 && now.spread > 0) {
      pan(middle, now.middle);
      zoom(now.middle, now.spread / spread);
    }
    ({ spread, middle } = now);
  };

  const up = (event: PointerEvent): void => {
    pointers.delete(event.pointerId);
    clearTimeout(press);
    const done = drag;
    drag = null;
    if (!done) return;
    const state = app.store.getState();
    const { drawing, strokes } = state.selection;
    if (done.kind === 'press' && !done.moved) choose(done.start, done.mode);
    else if (done.kind === 'box' && !done.moved) choose(done.start, done.mode);
    else if (drawing?.kind === 'box') {
      const [picture, see] = [currentPicture(state), currentSee(state)];
      const regions = see && app.vault.regions(see.id);
      update(app, 'selection', { drawing: null });
      if (picture && regions) {
        const there = new Set(see.segments.map((s) => s.id));
        pick(app, regionsIn(regions, picture.size, drawing.box).filter((id) => there.has(id)), done.mode);
      }
    } else if (drawing?.kind === 'stroke') editSelection(app, { strokes: [...strokes, drawing.stroke] });
  };

  const cancel = (event: PointerEvent): void => {
    pointers.delete(event.pointerId);
    abandon();
  };
  const leave = (): void => {
    if (!drag) hover(app, null);
    aim(app, null);
  };
  const wheel = (event: WheelEvent): void => {
    // On the narrow layout the page scrolls under the wheel; Ctrl (and pinching a touch pad) still zooms.
    const pageScrolls = document.documentElement.scrollHeight > window.innerHeight + 1;
    if (pageScrolls && !event.ctrlKey && !event.altKey) return;
    event.preventDefault();
    if (event.altKey) {
      turned += event.deltaY;
      if (Math.abs(turned) < WHEEL_STEP) return;
      void cycle(app, Math.sign(turned));
      turned = 0;
      return;
    }
    zoom(local(event), Math.exp(-event.deltaY * (event.deltaMode === 1 ? 0.05 : event.ctrlKey ? 0.01 : 0.0016)));
  };
  const menu = (event: Event): void => event.preventDefault();
  const key = (event: KeyboardEvent): void => {
    const typing = event.target instanceof HTMLElement && event.target.closest('input, textarea, button, [role=dialog]');
    if (event.key === ' ' && !typing) space = event.type === 'keydown';
  };

  const listeners: readonly [EventTarget, string, EventListener][] = [
    [element, 'pointerdown', down as EventListener], [element, 'pointermove', move as EventListener], [element, 'pointerup', up as EventListener],
    [element, 'pointercancel', cancel as EventListener], [element, 'pointerleave', leave], [element, 'contextmenu', menu],
    [window, 'keydown', key as EventListener], [window, 'keyup', key as EventListener],
  ];
  for (const [target, type, listener] of listeners) target.addEventListener(type, listener);
  element.addEventListener('wheel', wheel, { passive: false });
  return () => {
    clearTimeout(press);
    for (const [target, type, listener] of listeners) target.removeEventListener(type, listener);
    element.removeEventListener('wheel', wheel);
  };
}
