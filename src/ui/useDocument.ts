/** Language, theme and title of the document follow the state. */
import { useEffect } from 'react';
import { currentPicture } from '../store/select.ts';
import { useSelect, useT } from './context.ts';

const dark = matchMedia('(prefers-color-scheme: dark)');

export function useDocument(): void {
  const t = useT();
  const language = useSelect((s) => s.view.language);
  const theme = useSelect((s) => s.view.theme);
  const picture = useSelect(currentPicture);
  const busy = useSelect((s) => s.runs.running !== null || s.engine.phase === 'loading');

  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);

  useEffect(() => {
    const apply = (): void => {
      document.documentElement.dataset['theme'] = theme === 'system' ? (dark.matches ? 'dark' : 'light') : theme;
    };
    apply();
    dark.addEventListener('change', apply);
    return () => dark.removeEventListener('change', apply);
  }, [theme]);

  useEffect(() => {
    const name = picture ? `${picture.name} · ${t('app.name')}` : t('app.name');
    document.title = busy ? `… ${name}` : name;
  }, [picture, busy, t]);
}
