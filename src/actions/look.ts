import { update, type App } from '../store/app.ts';
import { always, type Action } from './action.ts';

const flip = (id: 'labels' | 'masks' | 'patterns', key: string): Action => ({
  id: `toggle-${id}`,
  label: `act.${id}`,
  group: 'view',
  keys: [key],
  enabled: always,
  perform: (app: App) => update(app, 'view', (view) => ({ [id]: !view[id] })),
});

export const toggleLabels = flip('labels', 'l');
export const toggleMasks = flip('masks', 'm');
export const togglePatterns = flip('patterns', 't');

export const toggleTheme: Action = {
  id: 'toggle-theme',
  label: 'act.theme',
  group: 'app',
  keys: ['shift+l'],
  enabled: always,
  perform(app) {
    const { theme } = app.store.getState().view;
    const dark = theme === 'dark' || (theme === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);
    update(app, 'view', { theme: dark ? 'light' : 'dark' });
  },
};
