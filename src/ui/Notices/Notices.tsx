/** Problems in words: where, why, what to do. They cover neither the picture's middle nor what can be read beside it; problems stay until they are dismissed. */
import { useEffect, useRef } from 'react';
import { CircleAlert, X } from 'lucide-react';
import { Button } from 'react-aria-components';
import type { ErrorCode } from '../../engine/errors.ts';
import { activateUpdate } from '../../shell/register.ts';
import type { App } from '../../store/app.ts';
import { changeDevice, loadPack } from '../../store/flow/load.ts';
import { dismiss } from '../../store/flow/notify.ts';
import { putBack } from '../../store/flow/gallery/take-out.ts';
import { retryRuns } from '../../store/flow/run.ts';
import { reopenPicture } from '../../store/edit.ts';
import type { Notice, Undo } from '../../store/slices/notices.ts';
import { useApp, useSelect, useT } from '../context.ts';
import parts from '../parts/parts.module.css';
import { Told } from '../parts/Told.tsx';
import styles from './Notices.module.css';

export function Notices() {
  const t = useT();
  const list = useSelect((s) => s.notices.list);
  const section = useRef<HTMLElement>(null);
  // What they take of the page's height, for the panel to begin below them.
  useEffect(() => {
    const { current } = section;
    if (!current) return;
    const sized = new ResizeObserver(() => {
      const { offsetHeight: height } = current;
      document.documentElement.style.setProperty('--notices', height === 0 ? '0px' : `calc(${height}px + 2 * var(--s3))`);
    });
    sized.observe(current);
    return () => sized.disconnect();
  }, []);
  // Above an open sheet too, which hides the rest of the page from the pointer and from screen readers.
  return (
    <section ref={section} className={styles.notices} aria-label={t('notice.list')} data-react-aria-top-layer>
      {list.map((notice) => <Card key={notice.id} notice={notice} />)}
    </section>
  );
}

const RETRY: Readonly<Record<NonNullable<Notice['retry']>, (app: App) => void>> = { load: (app) => void loadPack(app), run: retryRuns, update: activateUpdate };

const bringBack = (app: App, undo: Undo): void => (undo.kind === 'picture' ? reopenPicture(app, undo.key) : putBack(app, undo.batch));

/** Failures that a smaller profile may spare. */
const SPARED: ReadonlySet<ErrorCode> = new Set(['worker-crashed', 'out-of-memory', 'session-failed']);

async function takeLeast(app: App, id: number): Promise<void> {
  dismiss(app, id);
  await changeDevice(app, 'least');
  retryRuns(app);
}

function Card({ notice: { id, tone, text, failure, stays, retry, undo } }: { readonly notice: Notice }) {
  const app = useApp();
  const t = useT();
  const least = useSelect((s) => failure !== null && SPARED.has(failure.code) && s.engine.choice !== 'least');
  const inView = useSelect((s) => s.library.current !== null);
  return (
    <div className={styles.notice} data-tone={tone} role={failure ? 'alert' : 'status'}>
      {failure && <CircleAlert size={18} strokeWidth={1.9} aria-hidden />}
      <div>
        {failure ? (
          <>
            <strong>{t(`notice.at.${failure.stage}`)}{failure.subject ? `: ${failure.subject}` : ''}</strong>
            <p><Told failure={failure} />{stays && inView ? ` ${t('notice.stays')}` : ''}</p>
          </>
        ) : (
          <p>{text}</p>
        )}
        <div className={styles.ways}>
          {retry && <Button className={parts.link ?? ''} onPress={() => RETRY[retry](app)}>{t(retry === 'update' ? 'shell.reload' : 'notice.retry')}</Button>}
          {least && <Button className={parts.link ?? ''} onPress={() => void takeLeast(app, id)}>{t('notice.least')}</Button>}
          {undo && <Button className={parts.link ?? ''} onPress={() => bringBack(app, undo)}>{t('act.undo')}</Button>}
        </div>
      </div>
      <Button className={styles.close ?? ''} aria-label={t('notice.close')} onPress={() => dismiss(app, id)}><X size={16} aria-hidden /></Button>
    </div>
  );
}
