/** One honest bar: bytes, total, rate, time left, stage. */
import { Button, ProgressBar } from 'react-aria-components';
import { cancelLoad } from '../../store/flow/load.ts';
import { bytes, remaining } from '../../i18n/numbers.ts';
import { useApp, useSelect, useT } from '../context.ts';
import parts from '../parts/parts.module.css';
import styles from './Hello.module.css';

/** Below this rate a forecast would be a guess. */
const LEAST_RATE = 1024;

export function LoadBar({ compact = false }: { readonly compact?: boolean }) {
  const app = useApp();
  const t = useT();
  const progress = useSelect((s) => s.engine.progress);
  const { done = 0, total = 0, rate = 0, stage = 'manifest' } = progress ?? {};
  const downloading = stage === 'download' && total > 0;
  const amount = total > 0 ? t('load.amount', { done: bytes(done), total: bytes(total) }) : '';
  const left = downloading && rate > LEAST_RATE && done < total ? t('load.left', { time: remaining((total - done) / rate) }) : '';
  const speed = downloading && rate > LEAST_RATE ? t('load.rate', { rate: bytes(rate) }) : '';
  return (
    <div className={compact ? styles.compact : styles.load}>
      <div className={styles.line}>
        <span>{t(compact || stage !== 'download' ? `load.${stage}` : 'load.title')}</span>
        <span className="num">{[amount, compact ? '' : speed, left].filter(Boolean).join(' · ')}</span>
      </div>
      <ProgressBar aria-label={t('load.title')} value={done} maxValue={Math.max(1, total)} valueLabel={amount}>
        <div className={styles.track}>
          <i style={{ transform: `scaleX(${total > 0 ? done / total : 0})` }} data-working={!downloading || undefined} />
        </div>
      </ProgressBar>
      <div className={styles.line}>
        <span>{compact ? '' : t('load.offline')}</span>
        <Button className={parts.link ?? ''} onPress={() => cancelLoad(app)}>{t('load.cancel')}</Button>
      </div>
    </div>
  );
}
