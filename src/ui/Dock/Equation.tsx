/** The model as a sentence: queries in, results out, and beside it what was not done. Press a part for its meaning. */
import { Button, Dialog, DialogTrigger, Popover } from 'react-aria-components';
import { Shapes, Type, Circle, type LucideIcon } from 'lucide-react';
import { duration } from '../../i18n/numbers.ts';
import { currentPicture, currentResult } from '../../store/select.ts';
import { useSelect, useT } from '../context.ts';
import popover from '../parts/parts.module.css';
import type { PillKind } from './parts.ts';
import { usePills } from './usePills.ts';
import styles from './Dock.module.css';

const ICONS: Readonly<Record<PillKind, LucideIcon>> = { latent: Shapes, text: Type, out: Circle };

export function Equation() {
  const t = useT();
  const pills = usePills(useSelect((s) => s.task.verb), useSelect((s) => s.view.tool === 'point' && s.library.current !== null && s.task.verb !== 'search'));
  return (
    <div className={`${styles.eq} num`} role="group" aria-label={t('query.label')}>
      {pills.map(({ kind, words: label, about }, i) => {
        const Icon = ICONS[kind];
        return (
          <span key={about} className={styles.step}>
            {i > 0 && <span aria-hidden>{kind === 'out' ? '→' : '+'}</span>}
            <DialogTrigger>
              <Button className={styles.pill ?? ''} data-kind={kind}><Icon size={12} strokeWidth={2} aria-hidden />{label}</Button>
              <Popover className={popover.popover ?? ''} placement="top">
                <Dialog aria-label={label} className={styles.about ?? ''}><strong>{label}</strong><p>{t(about)}</p></Dialog>
              </Popover>
            </DialogTrigger>
          </span>
        );
      })}
      <Done />
    </div>
  );
}

/** What the last answer took, and what it did not need. */
function Done() {
  const t = useT();
  const verb = useSelect((s) => s.task.verb);
  const result = useSelect(currentResult);
  const running = useSelect((s) => s.runs.running?.kind === s.task.verb);
  const picture = useSelect(currentPicture);
  let words = '';
  if (running) words = t('query.working');
  else if (result && picture) {
    const time = duration(result.ms);
    if (result.graphs.includes('image')) words = verb === 'see' ? `${t('query.readIn', { time })} · ${t('query.kept')}` : t('query.readIn', { time });
    else words = result.graphs.length === 0 ? t('query.noRun', { time }) : t('query.notRead', { time });
  }
  return <span className={styles.done}>{words}</span>;
}
