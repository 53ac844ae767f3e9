import { update, type App } from '../store/app.ts';
import type { State } from '../store/state.ts';
import type { Action } from './action.ts';

/** Radius of the brush, in screen pixels. */
export const BRUSHES = { least: 3, most: 80 } as const;
const STEP = 1.25;

export const setBrush = (app: App, radius: number): void =>
  update(app, 'view', { brush: Math.min(BRUSHES.most, Math.max(BRUSHES.least, Math.round(radius))) });

const inHand = ({ view, library }: State): boolean => library.current !== null && (view.tool === 'brush' || view.tool === 'eraser');
const base = { group: 'regions', enabled: inHand } as const;

export const brushLarger: Action = {
  ...base, id: 'brush-larger', label: 'act.brushLarger', keys: ['.'], perform: (app) => setBrush(app, Math.ceil(app.store.getState().view.brush * STEP)),
};

export const brushSmaller: Action = {
  ...base, id: 'brush-smaller', label: 'act.brushSmaller', keys: [','], perform: (app) => setBrush(app, Math.floor(app.store.getState().view.brush / STEP)),
};
