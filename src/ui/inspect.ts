/**
 * With `?inspect` in the address, tests and the curious may read what the page knows: `window.__xdecoder`.
 * Everything is read-only and copied; nothing can be done with it.
 */
import type { App } from '../store/app.ts';
import type { State } from '../store/state.ts';
import { currentAsk, currentDescribe, currentFind, currentPicture, currentPreview, currentSee, names, pickedOut } from '../store/select.ts';
import type { GallerySlice } from '../store/slices/gallery.ts';

function regions(app: App, result: ReturnType<typeof currentSee> | ReturnType<typeof currentFind>) {
  if (!result) return null;
  const kept = app.vault.regions(result.id);
  return kept ? { ...result, ids: kept.ids.slice() } : null;
}

/** The region that was pointed out and is picked, with its mask. */
function pointedOut(app: App) {
  const found = pickedOut(app.store.getState());
  const kept = found && app.vault.regions(found.mask);
  return found && kept ? { ...found, size: kept.size, ids: kept.ids.slice() } : null;
}

export function exposeInspection(app: App): void {
  const inspection = {
    phase: () => app.store.getState().engine.phase,
    device: () => app.store.getState().engine.device,
    picture: () => currentPicture(app.store.getState()),
    busy: () => app.store.getState().runs.running,
    see: () => regions(app, currentSee(app.store.getState())),
    find: () => regions(app, currentFind(app.store.getState())),
    pointedOut: () => pointedOut(app),
    pointing: () => app.store.getState().runs.pointing,
    found: () => app.store.getState().runs.find.map((f) => f.phrase),
    described: () => currentDescribe(app.store.getState()),
    asked: () => currentAsk(app.store.getState()),
    gallery: () => app.store.getState().gallery,
    traced: () => {
      const { runs } = app.store.getState();
      const see = currentSee(app.store.getState());
      return see !== null && runs.outlined[see.id] === true;
    },
    selection: () => app.store.getState().selection,
    view: () => app.store.getState().view,
    preview: () => currentPreview(app.store.getState()),
    names: () => names(app.store.getState()).map((n) => n.name),
    notices: () => app.store.getState().notices.list,
    engine: () => app.engine.inspect(),
  };
  Object.defineProperty(window, '__xdecoder', { value: Object.freeze(inspection) });
}

declare global {
  interface Window {
    readonly __xdecoder: {
      phase(): string;
      device(): { provider: string; precision: string; reason: string; threads: number } | null;
      picture(): { name: string; size: { width: number; height: number }; timings: Readonly<Record<string, number>> } | null;
      busy(): unknown;
      see(): (ReturnType<typeof currentSee> & { ids: Uint16Array }) | null;
      find(): (ReturnType<typeof currentFind> & { ids: Uint16Array }) | null;
      pointedOut(): ReturnType<typeof pointedOut>;
      pointing(): boolean;
      /** Every phrase that was answered. */
      found(): readonly string[];
      described(): ReturnType<typeof currentDescribe>;
      asked(): ReturnType<typeof currentAsk>;
      gallery(): GallerySlice;
      /** Whether the outlines of what is seen are there. */
      traced(): boolean;
      selection(): State['selection'];
      view(): State['view'];
      preview(): ReturnType<typeof currentPreview>;
      names(): readonly string[];
      notices(): readonly { tone: string; failure: { message: string } | null }[];
      engine(): ReturnType<App['engine']['inspect']>;
    };
  }
}
