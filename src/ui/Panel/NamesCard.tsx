/** Names to look for, in short: the person's own, those found here, and a way to the rest. */
import { memo, useMemo } from 'react';
import { X } from 'lucide-react';
import { Button } from 'react-aria-components';
import { FIELD_ID } from '../../actions/focus-field.ts';
import { removeName } from '../../actions/names.ts';
import { openSheet } from '../../actions/sheets.ts';
import { chooseVerb } from '../../actions/verbs.ts';
import { currentSee, names } from '../../store/select.ts';
import type { Named } from '../../store/names.ts';
import { useApp, useSelect, useT } from '../context.ts';
import parts from '../parts/parts.module.css';
import styles from './Panel.module.css';

/** Own names are all shown, up to this many; of the list, a few. */
const OWN = 12;
const LISTED = 5;

export function NamesCard() {
  const app = useApp();
  const t = useT();
  const all = useSelect(names);
  const see = useSelect(currentSee);
  const preset = useSelect((s) => s.engine.report?.presets.find((p) => p.id === s.task.list?.preset));
  const shown = useMemo(() => brief(all, new Set(see?.segments.map((s) => s.label))), [all, see]);
  if (all.length === 0 && !see) return null;
  const own = all.filter((n) => n.own).length;
  const add = (): void => {
    chooseVerb(app, 'see');
    requestAnimationFrame(() => document.getElementById(FIELD_ID)?.focus());
  };
  return (
    <section className={styles.section} aria-label={t('names.title')}>
      <h2>
        {t('names.title')}
        <Button className={parts.link ?? ''} onPress={() => openSheet(app, 'names')}>{t('names.summary', { preset: preset ? t('names.list', { title: preset.title, count: preset.names.length }) : t('names.own'), own })}</Button>
      </h2>
      <div className={styles.chips}>
        {shown.map((named) => <NameChip key={named.name} named={named} />)}
        {all.length > shown.length && (
          <Button className={`${styles.chip} num`} onPress={() => openSheet(app, 'names')}>{t('names.more', { count: all.length - shown.length })}</Button>
        )}
        <Button className={styles.chip ?? ''} data-add onPress={add}>{t('names.add')}</Button>
      </div>
    </section>
  );
}

export const NameChip = memo(function NameChip({ named: { name, own } }: { readonly named: Named }) {
  const app = useApp();
  const t = useT();
  return (
    <span className={styles.chip} data-own={own || undefined}>
      {name}
      <Button className={styles.remove ?? ''} aria-label={t('names.remove', { name })} onPress={() => removeName(app, name)}><X size={11} strokeWidth={2.4} aria-hidden /></Button>
    </span>
  );
});

/** Own names first, then those that occur in the picture, then the first of the list. */
function brief(all: readonly Named[], here: ReadonlySet<string>): readonly Named[] {
  const own = all.filter((n) => n.own);
  const listed = all.filter((n) => !n.own).toSorted((a, b) => Number(here.has(b.name)) - Number(here.has(a.name)));
  return [...own.slice(0, OWN), ...listed.slice(0, LISTED)];
}
