/** What can be read beside the picture. It scrolls by itself; times stay at its foot. */
import { FoundCard } from './FoundCard.tsx';
import { NamesCard } from './NamesCard.tsx';
import { RegionCard } from './RegionCard.tsx';
import { WordsCards } from './WordsCards.tsx';
import { TimeCard } from './TimeCard.tsx';
import styles from './Panel.module.css';

export const Panel = () => (
  <aside className={styles.panel}>
    <div className={styles.scroll}>
      <FoundCard />
      <WordsCards />
      <RegionCard />
      <NamesCard />
    </div>
    <TimeCard />
  </aside>
);
