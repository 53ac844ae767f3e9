/** What the engine is at, with the time it has taken so far; appears only when it takes long enough to wonder. */
import { useEffect, useState } from 'react';
import { useSelect, useT } from '../context.ts';
import { seconds } from '../../i18n/numbers.ts';
import styles from './Stage.module.css';

const PATIENCE_MS = 250;

export function Busy() {
  const t = useT();
  const running = useSelect((s) => s.runs.running);
  const opening = useSelect((s) => s.library.opening.length > 0);
  const queued = useSelect((s) => s.library.current !== null && s.engine.phase === 'loading');
  const [ms, setMs] = useState(0);
  const active = running !== null || opening;
  useEffect(() => {
    setMs(0);
    if (!active) return;
    const started = performance.now();
    const timer = setInterval(() => setMs(performance.now() - started), 100);
    return () => clearInterval(timer);
  }, [active, running]);
  if (queued && !active) return <p className={styles.busy}>{t('picture.queued')}</p>;
  if (!active || ms < PATIENCE_MS) return null;
  const words = running ? t(`busy.${running.kind}`) : t('picture.opening');
  return (
    <p className={styles.busy}>
      <span className={styles.spinner} aria-hidden />
      {words} <span className="num">{seconds(ms)}</span>
    </p>
  );
}
