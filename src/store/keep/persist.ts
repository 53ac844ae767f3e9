/** Preferences kept between visits: an allow-list, checked when read back. Pictures and results are never among them. */
import { isLanguage, preferredLanguage } from '../../i18n/index.ts';
import { update, type App } from '../app.ts';
import { viewSlice, type ViewSlice } from '../slices/view.ts';

const KEY = 'xdecoder.view.1';

const oneOf = <T extends string>(...allowed: readonly T[]) => (value: unknown): value is T => allowed.some((a) => a === value);
const flag = (value: unknown): value is boolean => typeof value === 'boolean';
const share = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value <= 1;

const KEPT = {
  theme: oneOf('system', 'light', 'dark'),
  language: (value: unknown) => typeof value === 'string' && isLanguage(value),
  palette: oneOf('safe', 'data', 'one'),
  patterns: flag,
  labels: flag,
  opacity: share,
  threshold: share,
} as const satisfies Partial<Record<keyof ViewSlice, (value: unknown) => boolean>>;

function read(): Record<string, unknown> {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    return typeof stored === 'object' && stored !== null ? { ...stored } : {};
  } catch {
    return {}; // storage refused or damaged: the defaults do
  }
}

export function restorePreferences(app: App): void {
  const stored = read();
  const known = Object.entries(KEPT).filter(([key, valid]) => valid(stored[key])).map(([key]) => [key, stored[key]]);
  update(app, 'view', { ...viewSlice, language: preferredLanguage(navigator.languages), ...(Object.fromEntries(known) as Partial<ViewSlice>) });
}

export function keepPreferences(app: App): () => void {
  return app.store.subscribe((now, before) => {
    if (now.view === before.view) return;
    const kept = Object.fromEntries(Object.keys(KEPT).map((key) => [key, now.view[key as keyof typeof KEPT]]));
    try {
      localStorage.setItem(KEY, JSON.stringify(kept));
    } catch {
      // storage refused: the preference holds for this visit
    }
  });
}
