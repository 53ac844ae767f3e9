/** The whole list: start from a preset, add, paste, search, take out. The picture is relabelled while this is open. */
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { addNames, choosePreset, resetNames } from '../../actions/names.ts';
import { names } from '../../store/select.ts';
import { useApp, useSelect, useT } from '../context.ts';
import { OwnLists } from './OwnLists.tsx';
import { NameChip } from '../Panel/NamesCard.tsx';
import { Choices } from '../parts/Choices.tsx';
import form from '../parts/form.module.css';
import parts from '../parts/parts.module.css';
import styles from './Sheets.module.css';

export default function NamesSheet() {
  const app = useApp();
  const t = useT();
  const all = useSelect(names);
  const presets = useSelect((s) => s.engine.report?.presets);
  const list = useSelect((s) => s.task.list);
  const [text, setText] = useState('');
  const [query, setQuery] = useState('');
  if (!presets || !list) return <p className={styles.quiet}>{t('device.none')}</p>;
  const shown = all.filter((n) => n.name.toLowerCase().includes(query.trim().toLowerCase()));
  const add = (): void => {
    addNames(app, text);
    setText('');
  };
  return (
    <>
      <Choices label={t('names.preset')} value={list.preset} stacked={presets.length > 3}
        choices={{ ...Object.fromEntries(presets.map((p) => [p.id, t('names.list', { title: p.title, count: p.names.length })])), '': t('names.emptyPreset') }} onChange={(preset) => choosePreset(app, preset)} />
      <OwnLists />
      <div className={styles.block}>
        <h3>{t('names.add')}</h3>
        <div className={styles.addRow}>
          <textarea className={form.text} value={text} placeholder={t('names.paste')} aria-label={t('names.paste')} onChange={(e) => setText(e.target.value)}
            onKeyDown={(e) => {
              if (e.key !== 'Enter' || e.shiftKey || e.nativeEvent.isComposing) return;
              e.preventDefault();
              add();
            }} />
          <Button className={parts.primary ?? ''} isDisabled={text.trim() === ''} onPress={add}>{t('names.addAll')}</Button>
        </div>
      </div>
      <div className={styles.block}>
        <h3>{t('query.names', { count: all.length })}{list.removed.length > 0 && ` · ${t('names.removed', { count: list.removed.length })}`}</h3>
        <input className={form.text} type="search" value={query} placeholder={t('names.search')} aria-label={t('names.search')} onChange={(e) => setQuery(e.target.value)} />
        {all.length === 0 && <p className={styles.quiet}>{t('names.needOne')}</p>}
        <div className={styles.names}>{[...shown.filter((n) => n.own).toReversed(), ...shown.filter((n) => !n.own)].map((n) => <NameChip key={n.name} named={n} />)}</div>
        {(list.removed.length > 0 || list.own.length > 0) && (
          <div><Button className={parts.link ?? ''} onPress={() => resetNames(app)}>{t('names.reset')}</Button></div>
        )}
      </div>
    </>
  );
}
