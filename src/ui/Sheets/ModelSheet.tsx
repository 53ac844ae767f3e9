/** The model: what it is, where it runs and why, what it can do, what it keeps. */
import { useEffect, useEffectEvent, useState } from 'react';
import { Check, Minus } from 'lucide-react';
import { Button } from 'react-aria-components';
import type { EngineState } from '../../engine/api.ts';
import { copyReport } from '../../actions/report.ts';
import { bytes } from '../../i18n/numbers.ts';
import { loadPack } from '../../store/flow/load.ts';
import { availability } from '../../store/select.ts';
import { VERBS, type Verb } from '../../store/slices/task.ts';
import { LoadBar } from '../Hello/LoadBar.tsx';
import { useApp, usePick, useSelect, useT } from '../context.ts';
import parts from '../parts/parts.module.css';
import styles from './Sheets.module.css';

export default function ModelSheet() {
  const app = useApp();
  const t = useT();
  const { phase, pack, report, device } = usePick((s) => s.engine);
  const [inside, setInside] = useState<EngineState | null>(null);
  const inspect = useEffectEvent(() => void app.engine.inspect().then(setInside, () => setInside(null)));
  useEffect(() => {
    if (phase !== 'asking') inspect();
  }, [phase]);
  return (
    <>
      <dl className={`${styles.facts} num`}>
        <dt>{t('model.pack')}</dt><dd>{report?.title ?? pack?.title ?? '–'}</dd>
        <dt>{t('model.licence')}</dt><dd>{pack?.license ?? '–'}</dd>
        <dt>{t('model.size')}</dt><dd>{pack ? bytes(pack.bytes) : '–'}</dd>
        {report && <><dt>{t('model.queries')}</dt><dd>{report.queries}</dd></>}
        {report && <><dt>{t('model.storage')}</dt><dd>{t(report.storage === 'disk' ? 'model.storageDisk' : 'model.storageMemory')}</dd></>}
        {device && <><dt>{t('device.title')}</dt><dd>{t(`device.${device.provider}`)} · {device.precision} · {device.threads} <br /><span className={styles.quiet}>{device.reason}</span></dd></>}
        {device && <><dt>{t('device.probe')}</dt><dd>{device.probeError.toExponential(1)}</dd></>}
        {inside && <><dt>{t('model.memory')}</dt><dd>{bytes(inside.featureBytes)} / {bytes(inside.featureBudget)}</dd></>}
        {inside && <><dt>{t('model.runs')}</dt><dd>{Object.entries(inside.graphRuns).map(([graph, runs]) => `${graph} ${runs}`).join(' · ') || '–'}</dd></>}
      </dl>
      {phase === 'loading' && <LoadBar />}
      <section className={styles.block}>
        <h3>{t('model.tasks')}</h3>
        <ul className={styles.tasks}>{VERBS.map((verb) => <Task key={verb} verb={verb} />)}</ul>
      </section>
      <div className={styles.row}>
        {(phase === 'idle' || phase === 'failed') && <Button className={parts.primary ?? ''} onPress={() => void loadPack(app)}>{t('model.load')}</Button>}
        <Button className={parts.second ?? ''} onPress={() => void copyReport(app)}>{t('model.report')}</Button>
      </div>
    </>
  );
}

function Task({ verb }: { readonly verb: Verb }) {
  const t = useT();
  const able = useSelect((s) => availability(s, verb));
  const words = able === null ? '–' : able.available ? t('model.yes') : able.reason || t('verb.none');
  return (
    <li data-able={able?.available || undefined}>
      {able?.available ? <Check size={16} aria-hidden /> : <Minus size={16} aria-hidden />}
      <strong>{t(`verb.${verb}`)}</strong>
      <span>{words}</span>
    </li>
  );
}
