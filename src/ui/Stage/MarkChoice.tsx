/** What a plain mark means, while the point tool is in hand: what Shift and Alt say, for a finger too. */
import { Radio, RadioGroup } from 'react-aria-components';
import { setMark } from '../../actions/point.ts';
import { MARK_KINDS } from '../../store/slices/view.ts';
import { useApp, useSelect, useT } from '../context.ts';
import parts from '../parts/parts.module.css';
import styles from './Stage.module.css';

export function MarkChoice() {
  const app = useApp();
  const t = useT();
  const mark = useSelect((s) => s.view.mark);
  const shown = useSelect((s) => s.view.tool === 'point' && s.library.current !== null);
  if (!shown) return null;
  return (
    <RadioGroup className={styles.marks ?? ''} aria-label={t('mark.group')} orientation="horizontal" value={mark} onChange={(value) => setMark(app, MARK_KINDS.find((k) => k === value) ?? 'new')}>
      {MARK_KINDS.map((kind) => <Radio key={kind} value={kind} className={parts.choice ?? ''}>{t(`mark.${kind}`)}</Radio>)}
    </RadioGroup>
  );
}
