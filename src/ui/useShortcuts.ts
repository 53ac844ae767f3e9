/** One listener for all shortcuts; what they are is in the actions. */
import { useEffect } from 'react';
import { ACTIONS } from '../actions/index.ts';
import { matches } from '../actions/keys.ts';
import { useApp } from './context.ts';

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.matches('input:not([type=range]):not([type=radio]):not([type=checkbox]), textarea, [contenteditable]');

export function useShortcuts(): void {
  const app = useApp();
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing) return;
      const state = app.store.getState();
      if (state.view.sheet !== null) return; // a sheet has its own keys
      const typing = isTyping(event.target);
      const action = ACTIONS.find((a) => (!typing || a.whileTyping) && a.keys.some((keys) => matches(keys, event)) && a.enabled(state, app));
      if (!action) return;
      event.preventDefault();
      void action.perform(app);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [app]);
}
