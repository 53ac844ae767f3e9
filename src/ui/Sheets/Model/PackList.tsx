/** The packs: what each weighs, what of it is stored here, and which one is at work. */
import { Trash2 } from 'lucide-react';
import { Button } from 'react-aria-components';
import { bytes } from '../../../i18n/numbers.ts';
import { forgetPack, switchPack } from '../../../store/flow/packs/keep.ts';
import { sameSource } from '../../../store/flow/packs/catalogue.ts';
import type { PackEntry } from '../../../store/slices/engine.ts';
import { useApp, usePick, useT } from '../../context.ts';
import parts from '../../parts/parts.module.css';
import styles from './Model.module.css';

export function PackList() {
  const packs = usePick((s) => s.engine.packs);
  return <ul className={styles.packs}>{packs.map((pack) => <Row key={pack.id} pack={pack} />)}</ul>;
}

function Row({ pack }: { readonly pack: PackEntry }) {
  const app = useApp();
  const t = useT();
  const { phase, source } = usePick(({ engine }) => ({ phase: engine.phase, source: engine.source }));
  const chosen = source !== null && sameSource(source, pack.source);
  const { summary } = pack;
  const stored = summary ? (summary.cachedBytes >= summary.bytes ? t('model.storedWhole') : t('model.storedPart', { size: bytes(summary.cachedBytes) })) : '–';
  return (
    <li className={styles.pack} data-chosen={chosen || undefined}>
      <i className={styles.dot} aria-hidden />
      <div>
        <strong>{pack.title}</strong>
        <span className="num">{[pack.own ? t('model.own') : '', summary ? bytes(summary.bytes) : '', stored].filter(Boolean).join(' · ')}</span>
      </div>
      {chosen ? <span className={styles.state}>{t(phase === 'ready' ? 'model.inUse' : 'model.chosen')}</span> : (
        <Button className={parts.second ?? ''} isDisabled={phase === 'loading'} aria-label={`${t('model.use')}: ${pack.title}`} onPress={() => void switchPack(app, pack)}>{t('model.use')}</Button>
      )}
      <Button className={parts.icon ?? ''} isDisabled={phase === 'loading' || !(pack.own || (summary?.cachedBytes ?? 0) > 0)} aria-label={t('model.delete', { title: pack.title })} onPress={() => void forgetPack(app, pack)}>
        <Trash2 size={16} strokeWidth={1.7} aria-hidden />
      </Button>
    </li>
  );
}
