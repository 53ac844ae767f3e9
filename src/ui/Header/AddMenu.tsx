/** Every way in which a picture comes in, behind one button. */
import { Camera, FolderOpen, ImagePlus, Link } from 'lucide-react';
import { Button, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import type { Action } from '../../actions/action.ts';
import { choosePicture } from '../../actions/choose-picture.ts';
import { openAddressSheet, openCameraSheet } from '../../actions/sheets.ts';
import { useApp, useT } from '../context.ts';
import { Keys } from '../parts/Tip.tsx';
import parts from '../parts/parts.module.css';
import styles from './Header.module.css';

const WAYS: readonly (readonly [Action, typeof Camera])[] = [[choosePicture, FolderOpen], [openCameraSheet, Camera], [openAddressSheet, Link]];

export default function AddMenu() {
  const app = useApp();
  const t = useT();
  return (
    <MenuTrigger>
      <Button className={parts.icon ?? ''} aria-label={t('picture.add')}><ImagePlus size={18} strokeWidth={1.7} aria-hidden /></Button>
      <Popover className={`${parts.popover} ${styles.menu}`} placement="bottom end">
        <Menu aria-label={t('picture.add')} onAction={(id) => void WAYS.find(([action]) => action.id === id)?.[0].perform(app)}>
          {WAYS.map(([action, Icon]) => (
            <MenuItem key={action.id} id={action.id} textValue={t(action.label)} className={styles.item ?? ''}>
              <Icon size={16} strokeWidth={1.7} aria-hidden />
              <span>{t(action.label)}</span>
              {action.keys[0] && <Keys keys={action.keys[0]} />}
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
