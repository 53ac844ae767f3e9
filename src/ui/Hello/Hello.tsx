/** The first minute: what it is, one button, samples, what is downloaded; one screen. */
import { Button } from 'react-aria-components';
import { choosePicture } from '../../actions/choose-picture.ts';
import { useApp, useSelect, useT } from '../context.ts';
import { Busy } from '../Stage/Busy.tsx';
import parts from '../parts/parts.module.css';
import { LoadStatus } from './LoadStatus.tsx';
import { Samples } from './Samples.tsx';
import styles from './Hello.module.css';

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
          <small>{t('hello.or')}</small>
          <div className={styles.busy}><Busy /></div>
        </div>
        <Samples />
        <LoadStatus />
      </div>
    </main>
  );
}
