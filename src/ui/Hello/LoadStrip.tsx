/** Over the stage's upper margin while the model loads: the picture under it is shown already and waits its turn. */
import { Button } from 'react-aria-components';
import { loadPack } from '../../store/flow/load.ts';
import { bytes } from '../../i18n/numbers.ts';
import { useApp, usePick, useT } from '../context.ts';
import parts from '../parts/parts.module.css';
import { LoadBar } from './LoadBar.tsx';
import { NoDevice } from './NoDevice.tsx';
import styles from './Hello.module.css';

export function LoadStrip() {
  const app = useApp();
  const t = useT();
  const { phase, stopped, pack, failure } = usePick(({ engine }) => engine);
  if (phase === 'loading') return <div className={styles.strip}><LoadBar compact /></div>;
  if (phase === 'ready' || phase === 'asking' || (phase === 'idle' && !stopped)) return null;
  if (phase === 'failed' && failure?.code === 'no-device') return <div className={styles.strip}><NoDevice failure={failure} /></div>;
  return (
    <div className={styles.strip}>
      <div className={styles.line}>
        <span>{phase === 'failed' ? t('device.none') : t('load.cancelled')}</span>
        <Button className={parts.link ?? ''} onPress={() => void loadPack(app)}>
          {phase === 'failed' ? t('notice.retry') : t('load.resume')}{pack ? ` · ${bytes(pack.bytes)}` : ''}
        </Button>
      </div>
    </div>
  );
}
