/** Below the samples: how much will be downloaded, then how far it is. The place is kept, so nothing moves. */
import { Button } from 'react-aria-components';
import { loadPack } from '../../store/flow/load.ts';
import { bytes } from '../../i18n/numbers.ts';
import { useApp, usePick, useT } from '../context.ts';
import parts from '../parts/parts.module.css';
import { LoadBar } from './LoadBar.tsx';
import styles from './Hello.module.css';

export function LoadStatus() {
  const app = useApp();
  const t = useT();
  const { phase, pack, stopped } = usePick(({ engine }) => ({ phase: engine.phase, pack: engine.pack, stopped: engine.stopped }));
  const start = (label: string) => <Button className={parts.link ?? ''} onPress={() => void loadPack(app)}>{label}</Button>;
  return (
    <div className={styles.status}>
      {phase === 'loading' && <LoadBar />}
      {phase === 'asking' && <p>{t('hello.asking')}</p>}
      {phase === 'idle' && pack && (
        <p>
          {stopped ? t('load.cancelled') : pack.cachedBytes >= pack.bytes ? t('hello.stored') : t('hello.download', { size: bytes(pack.bytes) })}
          {' · '}{start(t(stopped ? 'load.resume' : 'hello.fetch'))}
        </p>
      )}
      {phase === 'failed' && <p>{start(t('notice.retry'))}</p>}
      {phase === 'ready' && <p>{t('load.ready')}</p>}
    </div>
  );
}
