/** The pictures opened in this visit. */
import { Plus, X } from 'lucide-react';
import { Button } from 'react-aria-components';
import { choosePicture } from '../../actions/choose-picture.ts';
import { closePicture } from '../../store/edit.ts';
import { look } from '../../actions/pictures.ts';
import { useApp, usePick, useT } from '../context.ts';
import { ActionButton } from '../parts/ActionButton.tsx';
import styles from './Strip.module.css';

export function Strip() {
  const app = useApp();
  const t = useT();
  const { pictures, current } = usePick((s) => s.library);
  return (
    <nav className={styles.strip} data-several={pictures.length > 1 || undefined} aria-label={t('picture.list')}>
      <ActionButton action={choosePicture} className={styles.add} tip="right"><Plus size={20} strokeWidth={1.7} aria-hidden /></ActionButton>
      <ul>
        {pictures.map(({ key, name, url }) => (
          <li key={key} className={styles.item}>
            <Button className={styles.thumb ?? ''} aria-label={name} aria-current={key === current} onPress={() => look(app, key)}>
              <img src={url} alt="" decoding="async" draggable={false} />
            </Button>
            <Button className={styles.close ?? ''} aria-label={`${t('act.close')}: ${name}`} onPress={() => closePicture(app, key)}>
              <X size={12} strokeWidth={2.2} aria-hidden />
            </Button>
          </li>
        ))}
      </ul>
    </nav>
  );
}
