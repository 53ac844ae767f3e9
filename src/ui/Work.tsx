/** The workbench around a picture or a gallery; loaded when there is something to work on. */
import { Suspense } from 'react';
import { galleryShown } from '../store/select.ts';
import { useSelect } from './context.ts';
import { later } from './later.ts';
import { Dock } from './Dock/Dock.tsx';
import { LoadStrip } from './Hello/LoadStrip.tsx';
import { Panel } from './Panel/Panel.tsx';
import { Stage } from './Stage/Stage.tsx';
import { Strip } from './Strip/Strip.tsx';
import styles from './App.module.css';

const Gallery = later(() => import('./Gallery/Gallery.tsx'));

export default function Work() {
  const gallery = useSelect(galleryShown);
  return (
    <main className={styles.work}>
      <Strip />
      <div className={styles.centre}>
        <LoadStrip />
        {gallery ? <Suspense fallback={<div />}><Gallery /></Suspense> : <Stage />}
        <Dock />
      </div>
      <Panel />
    </main>
  );
}
