/** What can be read beside the picture. It scrolls by itself; times stay at its foot. */
import { Suspense } from 'react';
import { galleryShown } from '../../store/select.ts';
import { useSelect } from '../context.ts';
import { later } from '../later.ts';
import { FoundCard } from './FoundCard.tsx';
import { NamesCard } from './NamesCard.tsx';
import { RegionCard } from './RegionCard.tsx';
import { WordsCards } from './WordsCards.tsx';
import { TimeCard } from './TimeCard.tsx';
import styles from './Panel.module.css';

const GalleryCards = later(() => import('../Gallery/Cards.tsx'));

export function Panel() {
  const gallery = useSelect(galleryShown);
  return (
    <aside className={styles.panel}>
      <div className={styles.scroll}>
        {gallery ? <Suspense><GalleryCards /></Suspense> : (
          <>
            <FoundCard />
            <WordsCards />
            <RegionCard />
            <NamesCard />
          </>
        )}
      </div>
      {!gallery && <TimeCard />}
    </aside>
  );
}
