/** Why this name: what else the region could have been called, and by how much it was the first choice. A press takes another name. */
import { useState, type FormEvent } from 'react';
import { Button } from 'react-aria-components';
import { renameRegion } from '../../actions/regions.ts';
import { percent } from '../../i18n/numbers.ts';
import type { Segment } from '../../tasks/types.ts';
import { useApp, useT } from '../context.ts';
import form from '../parts/form.module.css';
import styles from './Panel.module.css';

export function Why({ segment }: { readonly segment: Segment | undefined }) {
  const app = useApp();
  const t = useT();
  if (!segment) return null;
  const { id, label, alternatives } = segment;
  const [first, second] = alternatives;
  return (
    <div className={styles.why}>
      <h3>{t('list.why')}{first && second && <span className="num">{t('list.margin', { share: percent(first.score - second.score) })}</span>}</h3>
      {alternatives.map(({ label: name, score }, i) => (
        <Button key={name} className={styles.answer ?? ''} data-first={name === label || undefined} aria-description={t('list.useName', { name })}
          onPress={() => renameRegion(app, id, i === 0 ? '' : name)}>
          <span className={styles.name}>{name}</span>
          <span className={styles.bar} aria-hidden><i style={{ width: `${score * 100}%` }} /></span>
          <span className="num">{percent(score)}</span>
        </Button>
      ))}
      <Rename key={id} label={label} onName={(name) => renameRegion(app, id, name === first?.label ? '' : name)} />
    </div>
  );
}

function Rename({ label, onName }: { readonly label: string; onName(name: string): void }) {
  const t = useT();
  const [text, setText] = useState(label);
  const [named, setNamed] = useState(label);
  // Another name, wherever it comes from, is what stands here; the field and the focus in it stay.
  if (named !== label) {
    setNamed(label);
    setText(label);
  }
  const submit = (event?: FormEvent): void => {
    event?.preventDefault();
    if (text.trim() !== label) onName(text);
    if (text.trim() === '') setText(label);
  };
  return (
    <form onSubmit={submit}>
      <input className={form.text} dir="auto" value={text} aria-label={t('list.rename')} maxLength={200} autoComplete="off" spellCheck={false}
        onChange={({ target }) => setText(target.value)} onBlur={() => submit()} />
    </form>
  );
}
