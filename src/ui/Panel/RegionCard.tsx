/** "In this picture": the stage as a list. Pointing at either lights up both. */
import { useMemo, useRef, type FocusEvent, type PointerEvent } from 'react';
import { Button, ListBox, ListBoxItem, type Selection } from 'react-aria-components';
import { clearSelection, hover, pick, removeRegions, restoreRegions } from '../../actions/regions.ts';
import { chooseVerb } from '../../actions/verbs.ts';
import { percent, score } from '../../i18n/numbers.ts';
import { currentLooks, type Look } from '../../store/looks.ts';
import { PROPOSAL } from '../../store/flow/propose.ts';
import { availability, currentSee, pickedOut } from '../../store/select.ts';
import type { Segment } from '../../tasks/types.ts';
import { useApp, useSelect, useT } from '../context.ts';
import parts from '../parts/parts.module.css';
import { Swatch } from '../parts/Swatch.tsx';
import { titlesOf } from './titles.ts';
import { Why } from './Why.tsx';
import styles from './Panel.module.css';

const NONE: readonly Segment[] = [];

export function RegionCard() {
  const app = useApp();
  const t = useT();
  const see = useSelect(currentSee);
  const picked = useSelect((s) => s.selection.picked);
  const selected = useSelect((s) => s.selection.picked.length + s.selection.strokes.length > 0);
  const able = useSelect((s) => s.task.verb !== 'describe' && availability(s, 'describe')?.available === true);
  const pointed = useSelect(pickedOut);
  const removed = useSelect((s) => s.selection.removed.length);
  const segments = see?.segments ?? NONE;
  const titles = useMemo(() => titlesOf(segments, t), [segments, t]);
  // A plain click chooses one, as on the stage; keys, touch and modifiers choose more. Moving the focus chooses nothing.
  const plain = useRef(false);
  const onPointer = ({ pointerType, shiftKey, ctrlKey, metaKey }: PointerEvent): void => {
    plain.current = pointerType !== 'touch' && !(shiftKey || ctrlKey || metaKey);
  };
  const onKey = (): void => {
    plain.current = false;
  };
  const select = (keys: Selection): void => {
    const ids = segments.map((s) => s.id).filter((id) => keys === 'all' || keys.has(id));
    const changed = segments.find(({ id }) => ids.includes(id) !== picked.includes(id))?.id;
    if (!plain.current || changed === undefined) return pick(app, ids, 'set');
    plain.current = false;
    pick(app, picked.length === 1 && picked[0] === changed ? [] : [changed], 'set');
  };
  const onFocus = ({ target }: FocusEvent): void => {
    if (target.matches(':focus-visible')) hover(app, Number(target.closest('[data-key]')?.getAttribute('data-key')) || null);
  };
  return (
    <section className={styles.section} aria-label={t('list.title')}>
      <h2>
        {t('list.title')}
        <span className="num">{picked.length > 0 ? t('list.pickedCount', { count: picked.length }) : segments.length || ''}</span>
      </h2>
      {segments.length === 0 ? (
        <p className={styles.quiet}>{t(see ? 'list.nothing' : 'list.empty')}</p>
      ) : (
        <div onPointerDownCapture={onPointer} onKeyDownCapture={onKey} onFocusCapture={onFocus} onBlurCapture={() => hover(app, null)}>
          <ListBox className={styles.list ?? ''} aria-label={t('list.title')} selectionMode="multiple" selectedKeys={picked} onSelectionChange={select}>
            {segments.map((segment) => <Row key={segment.id} segment={segment} title={titles.get(segment.id) ?? segment.label} whole={see ? see.size.width * see.size.height : 1} />)}
          </ListBox>
        </div>
      )}
      {pointed && <p className={styles.quiet}>{t(pointed.prompted ? 'point.prompted' : 'point.proposed', { name: pointed.label, score: score(pointed.score) })}</p>}
      {selected && (
        <p className={styles.meta}>
          {able && <Button className={parts.link ?? ''} onPress={() => chooseVerb(app, 'describe')}>{t('list.describe')}</Button>}
          {picked.some((id) => id < PROPOSAL) && <Button className={parts.link ?? ''} onPress={() => void removeRegions.perform(app)}>{t('list.takeAway')}</Button>}
          <Button className={parts.link ?? ''} onPress={() => void clearSelection.perform(app)}>{t('list.clear')}</Button>
        </p>
      )}
      {removed > 0 && (
        <p className={styles.meta}>
          {t('list.away', { count: removed })}
          <Button className={parts.link ?? ''} onPress={() => restoreRegions(app)}>{t('list.bringBack')}</Button>
        </p>
      )}
      <Why segment={picked.length === 1 ? segments.find((s) => s.id === picked[0]) : undefined} />
    </section>
  );
}

const PLAIN: Look = { color: [128, 128, 128], pattern: 0 };

function Row({ segment, title, whole }: { readonly segment: Segment; readonly title: string; readonly whole: number }) {
  const app = useApp();
  const t = useT();
  const hovered = useSelect((s) => s.selection.hovered === segment.id);
  const low = useSelect((s) => segment.score < s.view.threshold);
  const look = useSelect((s) => currentLooks(s).get(segment.id)) ?? PLAIN;
  const share = segment.area / whole;
  return (
    <ListBoxItem id={segment.id} textValue={title} className={styles.row ?? ''} data-on={hovered || undefined} data-low={low || undefined}
      onHoverStart={() => hover(app, segment.id)} onHoverEnd={() => hover(app, null)}>
      <Swatch look={look} stuff={!segment.isThing} />
      <span className={styles.name}>{title}</span>
      <span className={styles.bar} aria-hidden><i style={{ width: `${Math.max(3, Math.min(100, Math.sqrt(share) * 100))}%` }} /></span>
      <span className="num" aria-hidden>{score(segment.score)}</span>
      <span className="unseen">{t('list.score', { score: score(segment.score) })}, {t('list.share', { share: percent(share) })}</span>
    </ListBoxItem>
  );
}
