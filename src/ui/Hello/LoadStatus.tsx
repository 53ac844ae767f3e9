/** Below the samples: how much will be downloaded, then how far it is. The place is kept, so nothing moves. */
import { Button } from 'react-aria-components';
import { loadPack } from '../../store/flow/load.ts';
import { bytes } from '../../i18n/numbers.ts';
import { downloadSize } from '../../store/select.ts';
import { useApp, usePick, useSelect, useT } from '../context.ts';
import parts from '../parts/parts.module.css';
import { LoadBar } from './LoadBar.tsx';
import { NoDevice } from './NoDevice.tsx';
import styles from './Hello.module.css';

export function LoadStatus() {
  const app = useApp();
  const t = useT();
  const { phase, pack, stopped, device, failure } = usePick(({ engine }) => engine);
  const size = useSelect(downloadSize);
  const start = (label: string) => <Button className={parts.link ?? ''} onPress={() => void loadPack(app)}>{label}</Button>;
  return (
    <div className={styles.status}>
      {phase === 'loading' && <LoadBar />}
      {phase === 'asking' && <p>{t('hello.asking')}</p>}
      {phase === 'idle' && pack && (
        <>
          <p>
            {stopped ? t('load.cancelled') : size === 0 ? t('hello.stored') : t('hello.download', { size: bytes(size) })}
            {' · '}{start(t(stopped ? 'load.resume' : 'hello.fetch'))}
          </p>
          {size > 0 && <p>{t('hello.offline')}</p>}
        </>
      )}
      {phase === 'failed' && (failure?.code === 'no-device' ? <NoDevice failure={failure} /> : <p>{start(t('notice.retry'))}</p>)}
      {phase === 'ready' && <p>{t('load.ready')} {device?.provider === 'wasm' && t('device.slow')}</p>}
    </div>
  );
}
