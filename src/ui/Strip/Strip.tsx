/** The pictures opened in this visit. */
import { memo, useEffect, useRef } from 'react';
import { Plus, X } from 'lucide-react';
import { Button } from 'react-aria-components';
import { choosePicture } from '../../actions/choose-picture.ts';
import { closePicture } from '../../store/edit.ts';
import { look } from '../../actions/pictures.ts';
import type { Picture } from '../../store/slices/library.ts';
import { useApp, useSelect, useT } from '../context.ts';
import { ActionButton } from '../parts/ActionButton.tsx';
import styles from './Strip.module.css';

export function Strip() {
  const t = useT();
  const pictures = useSelect((s) => s.library.pictures);
  return (
    <nav className={styles.strip} data-several={pictures.length > 1 || undefined} aria-label={t('picture.list')}>
      <ActionButton action={choosePicture} className={styles.add} tip="right"><Plus size={20} strokeWidth={1.7} aria-hidden /></ActionButton>
      <ul>
        {pictures.map((picture) => <Thumb key={picture.key} picture={picture} />)}
      </ul>
    </nav>
  );
}

const Thumb = memo(function Thumb({ picture: { key, name, url } }: { readonly picture: Picture }) {
  const app = useApp();
  const t = useT();
  const current = useSelect((s) => s.library.current === key);
  const item = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (current) item.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [current]);
  return (
    <li ref={item} className={styles.item}>
      <Button className={styles.thumb ?? ''} aria-label={name} aria-current={current} onPress={() => look(app, key)}>
        <img src={url} alt="" decoding="async" draggable={false} />
      </Button>
      <Button className={styles.close ?? ''} aria-label={`${t('act.close')}: ${name}`} onPress={() => closePicture(app, key)}>
        <X size={12} strokeWidth={2.2} aria-hidden />
      </Button>
    </li>
  );
});
