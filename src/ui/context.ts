/** How components reach the app: selectors to read, actions to do. */
import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import { translator, type Translate } from '../i18n/index.ts';
import { sentence, told } from '../i18n/sentences.ts';
import type { App } from '../store/app.ts';
import type { Failure } from '../store/failure.ts';
import type { State } from '../store/state.ts';

export const AppContext = createContext<App | null>(null);

export function useApp(): App {
  const app = useContext(AppContext);
  if (!app) throw new Error('A component stands outside the app.');
  return app;
}

export const useSelect = <T>(selector: (state: State) => T): T => useStore(useApp().store, selector);

/** For selectors that pick several things at once. */
export const usePick = <T>(selector: (state: State) => T): T => useStore(useApp().store, useShallow(selector));

export const useT = (): Translate => translator(useSelect((s) => s.view.language));

/** A failure in the words of the interface. */
export function useTold(): (failure: Failure) => ReturnType<typeof told> {
  const language = useSelect((s) => s.view.language);
  return (failure) => told(language, failure);
}

/** A sentence of the engine's in the words of the interface. */
export function useSentence(): (said: string) => string {
  const language = useSelect((s) => s.view.language);
  return (said) => sentence(language, said);
}
