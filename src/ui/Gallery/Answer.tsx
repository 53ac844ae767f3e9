/** What the grid is ordered by, and how long that took. */
import { X } from 'lucide-react';
import { Button } from 'react-aria-components';
import { duration } from '../../i18n/numbers.ts';
import { showAll } from '../../store/flow/gallery/ask.ts';
import { useApp, usePick, useT } from '../context.ts';
import { counted } from './counted.ts';
import styles from './Gallery.module.css';

export function Answer() {
  const app = useApp();
  const t = useT();
  const { asked, hits, set, index, items, searching, phase, language } = usePick(({ gallery, view, engine }) => ({ ...gallery, phase: engine.phase, language: view.language }));
  if (!asked) return null;
  const of = set === 'index' ? (index?.loaded ?? 0) : items.filter((item) => item.state === 'read').length;
  return (
    <div className={styles.answer}>
      <strong>{asked.kind === 'words' ? t('gallery.forWords', { text: asked.text }) : t('gallery.forLike', { name: asked.name })}</strong>
      <span className="num">{hits?.query === asked ? t('gallery.searched', { count: counted(language, of), time: duration(hits.ms) }) : t(searching || phase === 'loading' ? 'gallery.searching' : 'gallery.waiting')}</span>
      <Button className={styles.clear ?? ''} onPress={() => showAll(app)}><X size={13} strokeWidth={2} aria-hidden />{t('gallery.showAll')}</Button>
    </div>
  );
}
