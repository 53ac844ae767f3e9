/** Where the time went: one bar, in the order in which things ran. */
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { duration } from '../../i18n/numbers.ts';
import { currentPicture, currentResult, currentSee } from '../../store/select.ts';
import type { PlainKey, Translate } from '../../i18n/index.ts';
import { useSelect, useT } from '../context.ts';
import parts from '../parts/parts.module.css';
import styles from './Panel.module.css';

/** Stages of the engine that have a name for people and a colour of their own; others are shown by their own name. */
const STAGES: Readonly<Record<string, { readonly label: PlainKey; readonly color: string }>> = {
  decode: { label: 'time.decode', color: '#8f9bb3' },
  resize: { label: 'time.resize', color: '#b9c1d0' },
  prepare: { label: 'time.prepare', color: '#6f7b92' },
  image: { label: 'time.image', color: 'var(--accent)' },
  text: { label: 'time.text', color: '#3fa66b' },
  base: { label: 'time.base', color: '#f2a541' },
  ground: { label: 'time.ground', color: '#f2a541' },
  caption_prefill: { label: 'time.base', color: '#f2a541' },
  caption_step: { label: 'time.words', color: '#aa3377' },
  vqa: { label: 'time.answer', color: '#f2a541' },
  prompt: { label: 'query.marks', color: '#3fa66b' },
  prompted: { label: 'time.base', color: '#f2a541' },
  head: { label: 'time.head', color: '#4477aa' },
  draw: { label: 'time.draw', color: '#aa3377' },
};
const OTHER = '#8a92a2';
const SHOWN = 4;

const nameOf = (stage: string, t: Translate): string => {
  const known = STAGES[stage];
  return known ? t(known.label) : stage;
};

export function TimeCard() {
  const t = useT();
  const picture = useSelect(currentPicture);
  const result = useSelect((s) => currentResult(s) ?? currentSee(s));
  const read = result?.graphs.includes('image') ?? false;
  const drawn = useSelect((s) => s.runs.drawn);
  const spans = Object.entries({ ...(read ? picture?.timings : {}), ...result?.timings, ...(result ? { draw: drawn } : {}) }).filter(([, ms]) => ms > 0);
  const total = spans.reduce((sum, [, ms]) => sum + ms, 0);
  const [all, setAll] = useState(false);
  const largest = spans.toSorted((a, b) => b[1] - a[1]).slice(0, SHOWN).map(([stage]) => stage);
  return (
    <section className={`${styles.section} ${styles.foot}`} aria-label={t('time.title')}>
      <h2>
        {t('time.title')}
        {total > 0 && <Button className={`${parts.link} num`} aria-expanded={all} onPress={() => setAll(!all)}>{t(all ? 'time.less' : 'time.all', { time: duration(total) })}</Button>}
      </h2>
      <div className={styles.timeline} aria-hidden>
        {spans.map(([stage, ms]) => <i key={stage} style={{ flexGrow: ms / total, background: STAGES[stage]?.color ?? OTHER }} title={`${nameOf(stage, t)} ${duration(ms)}`} />)}
      </div>
      <ul className={`${styles.legend} num`}>
        {total === 0 && <li>{t('time.none')}</li>}
        {spans.filter(([stage]) => all || largest.includes(stage)).map(([stage, ms]) => (
          <li key={stage}><i style={{ background: STAGES[stage]?.color ?? OTHER }} aria-hidden />{nameOf(stage, t)} {duration(ms)}</li>
        ))}
      </ul>
    </section>
  );
}
