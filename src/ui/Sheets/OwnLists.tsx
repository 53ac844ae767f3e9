/** Lists that the person made: take one, forget one, keep the present one. */
import { useState, type FormEvent } from 'react';
import { X } from 'lucide-react';
import { Button } from 'react-aria-components';
import { forgetList, keepList, takeList } from '../../actions/names.ts';
import { sameList } from '../../store/names.ts';
import { useApp, useSelect, useT } from '../context.ts';
import form from '../parts/form.module.css';
import parts from '../parts/parts.module.css';
import panel from '../Panel/Panel.module.css';
import styles from './Sheets.module.css';

export function OwnLists() {
  const app = useApp();
  const t = useT();
  const kept = useSelect((s) => s.task.kept);
  const list = useSelect((s) => s.task.list);
  const [title, setTitle] = useState('');
  const entries = Object.entries(kept);
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    keepList(app, title);
    setTitle('');
  };
  return (
    <div className={styles.block}>
      <h3>{t('names.saved')}</h3>
      {entries.length > 0 && (
        <div className={styles.names}>
          {entries.map(([name, own]) => (
            <span key={name} className={panel.chip} data-own={(list && sameList(own, list)) || undefined}>
              <Button onPress={() => takeList(app, name)}>{name}</Button>
              <Button className={panel.remove ?? ''} aria-label={t('names.forgetList', { name })} onPress={() => forgetList(app, name)}><X size={11} strokeWidth={2.4} aria-hidden /></Button>
            </span>
          ))}
        </div>
      )}
      <form className={styles.addRow} onSubmit={onSubmit}>
        <input className={form.text} value={title} placeholder={t('names.listName')} aria-label={t('names.listName')} maxLength={60} autoComplete="off" onChange={({ target }) => setTitle(target.value)} />
        <Button type="submit" className={parts.second ?? ''} isDisabled={title.trim() === ''}>{t('names.saveList')}</Button>
      </form>
    </div>
  );
}
