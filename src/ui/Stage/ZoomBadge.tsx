/** How large the picture is shown; pressing it shows the whole picture again. */
import { useEffect, useState, type RefObject } from 'react';
import { zoomFit } from '../../actions/zoom.ts';
import { useApp } from '../context.ts';
import { ActionButton } from '../parts/ActionButton.tsx';
import type { Painter } from './painter.ts';
import styles from './Stage.module.css';

export function ZoomBadge({ painter }: { readonly painter: RefObject<Painter | null> }) {
  const app = useApp();
  const [percent, setPercent] = useState<number | null>(null);
  useEffect(() => {
    const read = (): void => {
      const scale = painter.current?.view?.scale;
      setPercent(scale === undefined ? null : Math.round(scale * devicePixelRatio * 100));
    };
    // After the painter has taken the change: it subscribed first, and it measures the stage at the end of a frame.
    const later = (): void => void requestAnimationFrame(() => requestAnimationFrame(read));
    later();
    addEventListener('resize', later);
    const stop = app.store.subscribe(later);
    return () => {
      removeEventListener('resize', later);
      stop();
    };
  }, [app, painter]);
  return percent === null ? null : (
    <ActionButton action={zoomFit} className={styles.zoom} worded>
      <span className="num">{percent} %</span>
    </ActionButton>
  );
}
