/** The next region: of those that lie under the pointer, or of the list while the pointer is elsewhere. */
import type { Point } from '../masks/types.ts';
import type { App } from '../store/app.ts';
import { announce } from '../store/flow/notify.ts';
import { proposals } from '../store/flow/propose.ts';
import { regionAt } from '../store/hit.ts';
import { currentPicture, currentSee, rawSee } from '../store/select.ts';
import type { State } from '../store/state.ts';
import type { Action } from './action.ts';
import { pick } from './regions.ts';

interface Here {
  readonly id: number;
  readonly label: string;
}

/** Points of the picture that are pointed at: kept outside the state, which would change with every move. */
const aims = new WeakMap<App, Point>();

/** @param point in pixels of the picture; null once the pointer has left it */
export function aim(app: App, point: Point | null): void {
  if (point) aims.set(app, point);
  else aims.delete(app);
}

/** What lies on top, then what overlaps it, the smaller the nearer. */
async function stack(app: App, point: Point): Promise<readonly Here[]> {
  const found = await proposals(app);
  const state = app.store.getState();
  const [picture, see, raw] = [currentPicture(state), currentSee(state), rawSee(state)];
  const regions = raw && app.vault.regions(raw.id);
  if (!picture || !see || !regions) return [];
  const top = regionAt(regions, picture.size, point);
  const covering = found.filter(({ mask }) => {
    const own = app.vault.regions(mask);
    return own && regionAt(own, picture.size, point) !== null;
  });
  return [...see.segments.filter((s) => s.id === top), ...covering.toSorted((a, b) => a.area - b.area)];
}

export async function cycle(app: App, by: number): Promise<void> {
  const point = aims.get(app);
  const { current } = app.store.getState().library;
  const here = point ? await stack(app, point) : (currentSee(app.store.getState())?.segments ?? []);
  const at = here.findIndex(({ id }) => id === app.store.getState().selection.picked.at(-1));
  // While proposals were waited for, another picture may have come.
  if (app.store.getState().library.current !== current) return;
  const next = here[(at < 0 ? (by > 0 ? 0 : here.length - 1) : at + by + here.length) % here.length];
  if (!next) return;
  pick(app, [next.id], 'set');
  announce(app, (t) => t('list.cycled', { name: next.label, at: here.indexOf(next) + 1, count: here.length }));
}

const hasRegions = (s: State): boolean => (currentSee(s)?.segments.length ?? 0) > 0;

export const nextRegion: Action = {
  id: 'next-region', label: 'act.nextRegion', group: 'regions', keys: [']'], enabled: hasRegions, perform: (app) => cycle(app, 1),
};

export const previousRegion: Action = {
  id: 'previous-region', label: 'act.previousRegion', group: 'regions', keys: ['['], enabled: hasRegions, perform: (app) => cycle(app, -1),
};
