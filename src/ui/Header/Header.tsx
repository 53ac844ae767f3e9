import { Cpu, Download, Keyboard } from 'lucide-react';
import { openHelp, openModel, openSave } from '../../actions/sheets.ts';
import { currentPicture } from '../../store/select.ts';
import { useSelect, useT } from '../context.ts';
import { ActionButton } from '../parts/ActionButton.tsx';
import { AddMenu } from './AddMenu.tsx';
import { DeviceBadge } from './DeviceBadge.tsx';
import { LookMenu } from './LookMenu.tsx';
import { Mark } from './Mark.tsx';
import parts from '../parts/parts.module.css';
import styles from './Header.module.css';

const ICON = { size: 18, strokeWidth: 1.7, 'aria-hidden': true } as const;

export function Header() {
  const t = useT();
  const picture = useSelect(currentPicture);
  return (
    <header className={styles.header}>
      <Mark />
      <span className={styles.brand}>{t('app.name')}</span>
      {picture && (
        <span className={styles.file}>
          <span>{picture.name}</span> <span className="num">· {picture.size.width} × {picture.size.height}</span>
        </span>
      )}
      <span className={styles.space} />
      <DeviceBadge />
      {picture && <AddMenu />}
      {picture && <ActionButton action={openSave}><Download {...ICON} /></ActionButton>}
      <ActionButton action={openModel}><Cpu {...ICON} /></ActionButton>
      <LookMenu />
      <ActionButton action={openHelp} className={`${parts.icon} ${styles.wide}`}><Keyboard {...ICON} /></ActionButton>
    </header>
  );
}
