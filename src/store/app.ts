/** Everything an action or a flow needs: the state, the engine, and what is kept outside the state. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import { GalleryShelf } from './gallery.ts';
import { History } from './history.ts';
import { Line } from './line.ts';
import type { PageEngine } from './page-engine.ts';
import { Shelf } from './shelf.ts';
import type { PictureKey } from './slices/library.ts';
import type { Marked } from './slices/selection.ts';
import { initialState, type State } from './state.ts';
import { Vault } from './vault.ts';

type Job = 'load' | 'run' | 'search' | 'propose' | 'point' | 'measure' | 'save' | 'fetch' | 'pack';

export interface App {
  readonly store: StoreApi<State>;
  readonly engine: PageEngine;
  readonly vault: Vault;
  readonly shelf: Shelf;
  readonly gallery: GalleryShelf;
  readonly history: History;
  /** Selections of the pictures that are not in view. */
  readonly aside: Map<PictureKey, Marked>;
  /** Pictures that are being opened. */
  readonly line: Line;
  /** Running work that can be stopped, by kind. */
  readonly jobs: Map<Job, AbortController>;
}

export function createApp(engine: PageEngine): App {
  const store = createStore<State>(() => initialState);
  return {
    store,
    engine,
    vault: new Vault(),
    shelf: new Shelf(() => store.getState().library.current),
    gallery: new GalleryShelf(),
    history: new History(),
    aside: new Map(),
    line: new Line((opening) => store.setState(({ library }) => ({ library: { ...library, opening } }))),
    jobs: new Map(),
  };
}

type Change<S> = Partial<S> | ((slice: S) => Partial<S>);

/** Changes one slice; the others keep their identity, so that selectors on them stay quiet. */
export function update<K extends keyof State>(app: App, key: K, change: Change<State[K]>): void {
  app.store.setState((state) => {
    const slice = state[key];
    return { [key]: { ...slice, ...(typeof change === 'function' ? change(slice) : change) } } as Pick<State, K>;
  });
}

/** A fresh controller of a kind; what ran before under it is aborted. */
export function restart(app: App, job: Job): AbortController {
  app.jobs.get(job)?.abort();
  const controller = new AbortController();
  app.jobs.set(job, controller);
  return controller;
}
