/** Puts the app on the page: how engines are made comes from outside, so that tests can put others in their place. */
import '@fontsource-variable/inter/wght.css';
import '../styles/tokens.css';
import '../styles/base.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { registerShell } from '../shell/register.ts';
import { createApp, update } from '../store/app.ts';
import { askForPack, listen } from '../store/flow/load.ts';
import { watchGallery } from '../store/flow/gallery/watch.ts';
import { notify } from '../store/flow/notify.ts';
import { traceResults } from '../store/flow/outline.ts';
import { chosenDevice, optionsFor } from '../store/keep/device.ts';
import { followHash } from '../store/keep/hash.ts';
import { keepPaces } from '../store/keep/pace.ts';
import { keepLists } from '../store/keep/lists.ts';
import { keepPreferences, restorePreferences } from '../store/keep/persist.ts';
import { PageEngine, type MakeEngine } from '../store/page-engine.ts';
import { exposeInspection } from './inspect.ts';
import { AppContext } from './context.ts';
import { AppView } from './App.tsx';
import { Fault } from './Fault.tsx';

export function mount(root: HTMLElement | null, makeEngine: MakeEngine): void {
  if (!root) throw new Error('The page has no element to mount on.');
  const choice = chosenDevice();
  const app = createApp(new PageEngine(makeEngine, optionsFor(choice)));
  restorePreferences(app);
  update(app, 'engine', { choice });
  keepPreferences(app);
  keepPaces(app);
  keepLists(app);
  followHash(app);
  listen(app);
  traceResults(app);
  watchGallery(app);
  if (new URLSearchParams(location.search).has('inspect')) exposeInspection(app);
  createRoot(root).render(
    <StrictMode>
      <Fault language={() => app.store.getState().view.language}>
        <AppContext value={app}>
          <AppView />
        </AppContext>
      </Fault>
    </StrictMode>,
  );
  void askForPack(app);
  void registerShell({
    inUse: () => {
      const state = app.store.getState();
      return state.library.pictures.length > 0 || state.library.opening.length > 0 || state.engine.phase === 'loading';
    },
    onUpdate: () => notify(app, (t) => t('shell.update'), 'update'),
  });
}
