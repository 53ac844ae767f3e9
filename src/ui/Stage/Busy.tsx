/** What the engine is at, with the time it has taken so far; appears only when it takes long enough to wonder. */
import { useEffect, useState, type ReactNode } from 'react';
import { Button } from 'react-aria-components';
import { stopOpening } from '../../store/flow/open.ts';
import { stopPointing } from '../../store/flow/point.ts';
import { useApp, useSelect, useT } from '../context.ts';
import { seconds } from '../../i18n/numbers.ts';
import styles from './Stage.module.css';

/** A person's thought is not broken by less; and each frame that the page draws meanwhile is taken from the work, where it has no graphics card. */
const PATIENCE_MS = 1000;
const TICK_MS = 250;

export function Busy() {
  const app = useApp();
  const t = useT();
  const running = useSelect((s) => s.runs.running);
  const pointing = useSelect((s) => s.runs.pointing);
  const queued = useSelect((s) => s.library.current !== null && s.engine.phase === 'loading');
  if (running && running.kind !== 'preview') return <Elapsed key={`${running.picture} ${running.wanted}`} words={t(`busy.${running.kind}`)} />;
  if (pointing) return <Elapsed key="pointing" words={t('busy.point')} onStop={() => stopPointing(app)} />;
  return <Opening>{queued && <p className={styles.busy}>{t('picture.queued')}</p>}</Opening>;
}

/** Only while pictures are opened; else its children. */
export function Opening({ children = null }: { readonly children?: ReactNode }) {
  const app = useApp();
  const t = useT();
  const opening = useSelect((s) => s.library.opening.length > 0);
  return opening ? <Elapsed key="opening" words={t('picture.opening')} onStop={() => stopOpening(app)} /> : children;
}

/** Mounted anew for each piece of work, so that its clock starts at nothing. */
function Elapsed({ words, onStop }: { readonly words: string; readonly onStop?: () => void }) {
  const t = useT();
  const [ms, setMs] = useState(0);
  useEffect(() => {
    const started = performance.now();
    const timer = setInterval(() => setMs(performance.now() - started), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return ms < PATIENCE_MS ? null : (
    <p className={styles.busy}>
      <span className={styles.spinner} aria-hidden />
      {words} <span className="num">{seconds(ms)}</span>
      {onStop && <Button className={styles.halt ?? ''} onPress={onStop}>{t('go.stop')}</Button>}
    </p>
  );
}
