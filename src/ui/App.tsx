/** The page: first minute, or the workbench around a picture. */
import { I18nProvider } from 'react-aria-components';
import { Suspense, useEffect } from 'react';
import { hasGallery } from '../store/select.ts';
import { useSelect, useT } from './context.ts';
import { later } from './later.ts';
import { Header } from './Header/Header.tsx';
import { Hello } from './Hello/Hello.tsx';
import { Announcer } from './Notices/Announcer.tsx';
import { Notices } from './Notices/Notices.tsx';
import { Sheets } from './Sheets/Sheets.tsx';
import { useDocument } from './useDocument.ts';
import { useDrop } from './useDrop.ts';
import { useFocusKept } from './useFocusKept.ts';
import { useShortcuts } from './useShortcuts.ts';
import styles from './App.module.css';

/** The first screen stands without it; it is fetched as soon as a picture is on its way. */
const work = () => import('./Work.tsx');
const Work = later(work);

/** It follows nothing that changes while a picture is worked on: whatever it follows lays out the whole page again. */
export function AppView() {
  const working = useSelect((s) => s.library.current !== null || hasGallery(s));
  const language = useSelect((s) => s.view.language);
  useFocusKept();
  useShortcuts();
  return (
    <I18nProvider locale={language}>
      <div className={styles.page} data-working={working || undefined}>
        <Header />
        {working ? <Suspense fallback={<main className={styles.work} aria-busy />}><Work /></Suspense> : <Hello />}
        <Notices />
        <Announcer />
        <Sheets />
        <Titled />
        <Drop />
      </div>
    </I18nProvider>
  );
}

function Titled(): null {
  useDocument();
  return null;
}

function Drop() {
  const t = useT();
  const dragging = useSelect((s) => s.view.dragging);
  const coming = useSelect((s) => s.view.dragging || s.library.opening.length > 0);
  useDrop();
  useEffect(() => {
    if (coming) work().catch(() => undefined); // asked for again, and then told, where it is shown
  }, [coming]);
  return dragging && <div className={styles.drop} aria-hidden><span>{t('picture.drop')}</span></div>;
}
