import { Suspense } from 'react';
import { Cpu, Download, Keyboard, SlidersHorizontal } from 'lucide-react';
import { openHelp, openModel, openSave } from '../../actions/sheets.ts';
import { currentPicture, hasGallery, savable } from '../../store/select.ts';
import { useSelect, useT } from '../context.ts';
import { later } from '../later.ts';
import { ActionButton } from '../parts/ActionButton.tsx';
import { DeviceBadge } from './DeviceBadge.tsx';
import { Mark } from './Mark.tsx';
import { Opens } from '../parts/Opens.tsx';
import parts from '../parts/parts.module.css';
import styles from './Header.module.css';

/** Only where there is a picture already: the first screen has its own ways. */
const AddMenu = later(() => import('./AddMenu.tsx'));
const Look = later(() => import('./Look.tsx'));

const ICON = { size: 18, strokeWidth: 1.7, 'aria-hidden': true } as const;

export function Header() {
  const t = useT();
  const working = useSelect((s) => s.library.current !== null);
  const saves = useSelect(savable);
  // The first screen has a heading of its own.
  const Brand = useSelect((s) => s.library.current !== null || hasGallery(s)) ? 'h1' : 'span';
  return (
    <header className={styles.header}>
      <Mark />
      <Brand className={styles.brand}>{t('app.name')}</Brand>
      <File />
      <span className={styles.space} />
      <DeviceBadge />
      {working && <Suspense fallback={<span className={parts.icon} />}><AddMenu /></Suspense>}
      {saves && <ActionButton action={openSave}><Download {...ICON} /></ActionButton>}
      <ActionButton action={openModel}><Cpu {...ICON} /></ActionButton>
      <Opens popover={Look} label={t('view.title')}><SlidersHorizontal {...ICON} /></Opens>
      <ActionButton action={openHelp} className={`${parts.icon} ${styles.wide}`}><Keyboard {...ICON} /></ActionButton>
    </header>
  );
}

function File() {
  const picture = useSelect(currentPicture);
  return picture && (
    <span className={styles.file}>
      <span>{picture.name}</span> <span className="num">· {picture.size.width} × {picture.size.height}</span>
    </span>
  );
}
