/** The person's pictures, or an index's, in place of the stage: all of them, or the best for what was asked. */
import { FolderPlus } from 'lucide-react';
import { useCallback } from 'react';
import { Button } from 'react-aria-components';
import { addFolder } from '../../actions/gallery.ts';
import { useApp, usePick, useT } from '../context.ts';
import { Opening } from '../Stage/Busy.tsx';
import parts from '../parts/parts.module.css';
import { Answer } from './Answer.tsx';
import { Bar } from './Bar.tsx';
import { Grid } from './Grid.tsx';
import styles from './Gallery.module.css';

export default function Gallery() {
  const t = useT();
  const { set, items, index, hits, opening } = usePick((s) => s.gallery);
  const shown = hits && hits.set === set ? hits : null;
  const idAt = useCallback((place: number) => (shown ? shown.ids[place] : set === 'own' ? items[place]?.id : place) ?? -1, [shown, set, items]);
  const count = shown ? shown.ids.length : set === 'own' ? items.length : (index?.report.rows ?? 0);
  return (
    <section className={styles.gallery} aria-label={set === 'own' ? t('gallery.title') : t('index.title')}>
      <Bar />
      <Answer />
      <Opening />
      {count > 0 ? <Grid set={set} count={count} idAt={idAt} scores={shown?.scores ?? null} query={shown?.query ?? null} /> : <Empty opening={opening} unread={set === 'own' && items.length > 0} />}
    </section>
  );
}

function Empty({ opening, unread }: { readonly opening: boolean; readonly unread: boolean }) {
  const app = useApp();
  const t = useT();
  if (opening) return <div className={styles.empty}><p>{t('index.opening')}</p></div>;
  if (unread) return <div className={styles.empty}><h2>{t('gallery.unread')}</h2><p>{t('gallery.unreadText')}</p></div>;
  return (
    <div className={styles.empty}>
      <FolderPlus size={34} strokeWidth={1.2} aria-hidden />
      <h2>{t('gallery.empty')}</h2>
      <p>{t('gallery.emptyText')}</p>
      <Button className={parts.second ?? ''} onPress={() => void addFolder.perform(app)}>{t('gallery.folder')}</Button>
    </div>
  );
}
