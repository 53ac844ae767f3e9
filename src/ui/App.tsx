/** The page: first minute, or the workbench around a picture. */
import { I18nProvider } from 'react-aria-components';
import { lazy, Suspense } from 'react';
import { galleryShown, hasGallery } from '../store/select.ts';
import { useSelect, useT } from './context.ts';
import { Dock } from './Dock/Dock.tsx';
import { Header } from './Header/Header.tsx';
import { Hello } from './Hello/Hello.tsx';
import { LoadStrip } from './Hello/LoadStrip.tsx';
import { Announcer } from './Notices/Announcer.tsx';
import { Notices } from './Notices/Notices.tsx';
import { Panel } from './Panel/Panel.tsx';
import { Sheets } from './Sheets/Sheets.tsx';
import { Stage } from './Stage/Stage.tsx';
import { Strip } from './Strip/Strip.tsx';
import { useDocument } from './useDocument.ts';
import { useDrop } from './useDrop.ts';
import { useShortcuts } from './useShortcuts.ts';
import styles from './App.module.css';

const Gallery = lazy(() => import('./Gallery/Gallery.tsx'));

export function AppView() {
  const t = useT();
  const working = useSelect((s) => s.library.current !== null || hasGallery(s));
  const gallery = useSelect(galleryShown);
  const language = useSelect((s) => s.view.language);
  const dragging = useSelect((s) => s.view.dragging);
  useDocument();
  useDrop();
  useShortcuts();
  return (
    <I18nProvider locale={language}>
      <div className={styles.page} data-working={working || undefined}>
        <Header />
        {working ? (
          <main className={styles.work}>
            <Strip />
            <div className={styles.centre}>
              <LoadStrip />
              {gallery ? <Suspense fallback={<div />}><Gallery /></Suspense> : <Stage />}
              <Dock />
            </div>
            <Panel />
          </main>
        ) : (
          <Hello />
        )}
        <Notices />
        <Announcer />
        <Sheets />
        {dragging && <div className={styles.drop} aria-hidden><span>{t('picture.drop')}</span></div>}
      </div>
    </I18nProvider>
  );
}
