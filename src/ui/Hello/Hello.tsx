/** The first minute: what it is, one button, samples, what is downloaded and what stays here; one screen. */
import { Camera, Link } from 'lucide-react';
import { Button } from 'react-aria-components';
import { choosePicture } from '../../actions/choose-picture.ts';
import { openAddressSheet, openCameraSheet } from '../../actions/sheets.ts';
import { useApp, useSelect, useT } from '../context.ts';
import { Busy } from '../Stage/Busy.tsx';
import parts from '../parts/parts.module.css';
import { LoadStatus } from './LoadStatus.tsx';
import { Samples } from './Samples.tsx';
import styles from './Hello.module.css';

const OTHER_WAYS = [[openCameraSheet, Camera, 'hello.camera'], [openAddressSheet, Link, 'hello.address']] as const;

export function Hello() {
  const app = useApp();
  const t = useT();
  const opening = useSelect((s) => s.library.opening.length > 0);
  return (
    <main className={styles.hello}>
      <div className={styles.card}>
        <h1>{t('hello.title').split('\n').map((line) => <span key={line}>{line}</span>)}</h1>
        <p className={styles.lead}>{t('hello.text')}</p>
        <div className={styles.drop} aria-busy={opening}>
          <Button className={`${parts.primary} ${styles.choose}`} onPress={() => void choosePicture.perform(app)}>{t('hello.choose')}</Button>
          <div className={styles.ways}>
            {OTHER_WAYS.map(([action, Icon, label]) => (
              <Button key={action.id} className={styles.way ?? ''} onPress={() => void action.perform(app)}><Icon size={15} strokeWidth={1.8} aria-hidden />{t(label)}</Button>
            ))}
          </div>
          <small>{t('hello.or')}</small>
          <div className={styles.busy}><Busy /></div>
        </div>
        <Samples />
        <LoadStatus />
      </div>
    </main>
  );
}
