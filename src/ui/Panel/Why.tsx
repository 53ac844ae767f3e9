/** Why this name: what else the region could have been called. */
import { percent } from '../../i18n/numbers.ts';
import type { Segment } from '../../tasks/types.ts';
import { useT } from '../context.ts';
import styles from './Panel.module.css';

export function Why({ segment }: { readonly segment: Segment | undefined }) {
  const t = useT();
  if (!segment || segment.alternatives.length < 2) return null;
  return (
    <div className={styles.why}>
      <h3>{t('list.why')}</h3>
      {segment.alternatives.map(({ label, score }, i) => (
        <div key={label} className={styles.answer} data-first={i === 0 || undefined}>
          <span className={styles.name}>{label}</span>
          <span className={styles.bar} aria-hidden><i style={{ width: `${score * 100}%` }} /></span>
          <span className="num">{percent(score)}</span>
        </div>
      ))}
    </div>
  );
}
