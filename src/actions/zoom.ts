import { update, type App } from '../store/app.ts';
import { hasPicture, type Action } from './action.ts';

/** Zooming needs the size of the stage, which only the stage knows: it listens for these. */
export type ZoomRequest = 'in' | 'out' | 'actual';
const listeners = new Set<(request: ZoomRequest) => void>();

export function onZoomRequest(listener: (request: ZoomRequest) => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

const request = (what: ZoomRequest) => (): void => listeners.forEach((listener) => listener(what));
const base = { group: 'view', enabled: hasPicture } as const;

export const zoomIn: Action = { ...base, id: 'zoom-in', label: 'act.zoomIn', keys: ['+', '='], perform: request('in') };
export const zoomOut: Action = { ...base, id: 'zoom-out', label: 'act.zoomOut', keys: ['-'], perform: request('out') };
export const zoomActual: Action = { ...base, id: 'zoom-actual', label: 'act.zoomActual', keys: ['9'], perform: request('actual') };
export const zoomFit: Action = {
  ...base, id: 'zoom-fit', label: 'act.zoomFit', keys: ['0'], perform: (app: App) => update(app, 'view', { camera: null }),
};
