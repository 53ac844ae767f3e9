import type { ReactNode } from 'react';
import { X } from 'lucide-react';
import { Button, Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import type { PlainKey } from '../../i18n/index.ts';
import type { Sheet } from '../../store/slices/view.ts';
import { useT } from '../context.ts';
import parts from '../parts/parts.module.css';
import styles from './Sheets.module.css';

const TITLES: Readonly<Record<NonNullable<Sheet>, PlainKey>> = { names: 'names.title', save: 'save.title', model: 'model.title', address: 'act.address', camera: 'act.camera', help: 'act.help' };

/** Sheets with nothing to press: they are scrolled by keys once they have the focus. */
const READ: ReadonlySet<Sheet> = new Set<Sheet>(['help']);

interface Props {
  readonly id: NonNullable<Sheet>;
  readonly children: ReactNode;
  onClose(): void;
}

export default function Frame({ id, children, onClose }: Props) {
  const t = useT();
  return (
    <ModalOverlay className={styles.overlay ?? ''} isOpen isDismissable onOpenChange={(open) => !open && onClose()}>
      <Modal className={styles.modal ?? ''}>
        <Dialog className={styles.dialog ?? ''}>
          <header className={styles.head}>
            <Heading slot="title">{t(TITLES[id])}</Heading>
            <Button slot="close" className={parts.icon ?? ''} aria-label={t('close')}><X size={18} strokeWidth={1.7} aria-hidden /></Button>
          </header>
          <div className={styles.body} {...(READ.has(id) && { tabIndex: 0 })}>{children}</div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
