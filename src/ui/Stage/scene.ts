/** What the stage shows, computed from the state: the painter knows no state beyond this. */
import type { View } from '../../engine/picture/screen.ts';
import type { App } from '../../store/app.ts';
import { translator } from '../../i18n/index.ts';
import { score } from '../../i18n/numbers.ts';
import { currentLooks, type Look } from '../../store/looks.ts';
import { currentPicture, currentPreview, currentSee, overlays, shownFind } from '../../store/select.ts';
import type { Picture } from '../../store/slices/library.ts';
import type { FindResult, Proposal, SeeResult } from '../../store/slices/runs.ts';
import type { SelectionSlice } from '../../store/slices/selection.ts';
import type { Outlines } from '../../outline/types.ts';
import type { Regions } from '../../store/vault.ts';
import { PROPOSAL } from '../../store/flow/propose.ts';

export interface Layer<R> {
  readonly result: R;
  readonly regions: Regions;
  /** Null until traced. */
  readonly outlines: Outlines | null;
}

export interface Scene {
  readonly picture: Picture;
  readonly bitmap: ImageBitmap | null;
  readonly see: Layer<SeeResult> | null;
  readonly find: Layer<FindResult> | null;
  /** What stands beside the phrase: its score, or that this is a preview. */
  readonly findNote: string;
  /** Picked regions that overlap what is seen. */
  readonly proposed: readonly (Proposal & { readonly outlines: Outlines | null; readonly regions: Regions })[];
  readonly looks: ReadonlyMap<number, Look>;
  readonly selection: SelectionSlice;
  readonly opacity: number;
  readonly threshold: number;
  readonly patterns: boolean;
  readonly labels: boolean;
  readonly camera: View | null;
}

const forcedColors = matchMedia('(forced-colors: active)');

function layer<R extends SeeResult | FindResult>(app: App, result: R | null): Layer<R> | null {
  const regions = result && app.vault.regions(result.id);
  return regions ? { result, regions, outlines: app.vault.outlines(result.id) ?? null } : null;
}

const NONE: Scene['proposed'] = [];

function pickedProposals(app: App): Scene['proposed'] {
  const state = app.store.getState();
  const { selection } = state;
  if (!selection.picked.some((id) => id >= PROPOSAL)) return NONE;
  return overlays(state).flatMap((p) => {
    const regions = app.vault.regions(p.mask);
    return regions && selection.picked.includes(p.id) ? [{ ...p, regions, outlines: app.vault.outlines(p.mask) ?? null }] : [];
  });
}

export function sceneOf(app: App, bitmap: ImageBitmap | null): Scene | null {
  const state = app.store.getState();
  const picture = currentPicture(state);
  if (!picture) return null;
  const { view } = state;
  const find = shownFind(state);
  return {
    picture, bitmap,
    see: layer(app, currentSee(state)),
    find: layer(app, find),
    findNote: currentPreview(state) ? translator(view.language)('find.preview') : score(find?.score ?? 0),
    proposed: pickedProposals(app),
    looks: currentLooks(state),
    selection: state.selection,
    opacity: view.masks ? view.opacity : 0,
    threshold: view.threshold,
    patterns: view.patterns || view.palette === 'one' || forcedColors.matches,
    labels: view.labels,
    camera: view.camera,
  };
}
