/** The model: which, where it runs and why, what it can do, what it keeps on this machine, and a report without pictures. */
import { useEffect } from 'react';
import { Check, Minus } from 'lucide-react';
import { Button } from 'react-aria-components';
import { copyReport } from '../../actions/report.ts';
import { bytes } from '../../i18n/numbers.ts';
import { loadPack } from '../../store/flow/load.ts';
import { measureKept } from '../../store/flow/packs/keep.ts';
import { availability } from '../../store/select.ts';
import { VERBS, type Verb } from '../../store/slices/task.ts';
import { LoadBar } from '../Hello/LoadBar.tsx';
import { TimeCard } from '../Panel/TimeCard.tsx';
import { useApp, usePick, useSelect, useSentence, useT } from '../context.ts';
import parts from '../parts/parts.module.css';
import { AddPack } from './Model/AddPack.tsx';
import { DeviceBlock } from './Model/DeviceBlock.tsx';
import { PackList } from './Model/PackList.tsx';
import { StorageBlock } from './Model/StorageBlock.tsx';
import styles from './Sheets.module.css';

export default function ModelSheet() {
  const app = useApp();
  const t = useT();
  const { phase, pack, report, device } = usePick((s) => s.engine);
  const seen = useSelect((s) => s.library.current !== null);
  useEffect(() => {
    if (phase === 'ready' || phase === 'idle' || phase === 'failed') void measureKept(app);
  }, [app, phase]);
  return (
    <>
      <section className={styles.block}>
        <h3>{t('model.packs')}</h3>
        <PackList />
        {phase === 'loading' && <LoadBar />}
        {(phase === 'idle' || phase === 'failed') && (
          <div className={styles.row}><Button className={parts.primary ?? ''} onPress={() => void loadPack(app)}>{t('model.load')}{pack ? ` · ${bytes(pack.bytes)}` : ''}</Button></div>
        )}
        <AddPack />
      </section>
      <DeviceBlock />
      {seen && <div className={styles.times}><TimeCard /></div>}
      <section className={styles.block}>
        <h3>{t('model.tasks')}</h3>
        <ul className={styles.tasks}>{VERBS.map((verb) => <Task key={verb} verb={verb} />)}</ul>
      </section>
      <StorageBlock />
      <section className={styles.block}>
        <h3>{t('model.about')}</h3>
        <dl className={`${styles.facts} num`}>
          <dt>{t('model.version')}</dt><dd>X-Decoder {VERSION}</dd>
          {device && <><dt>{t('model.runtime')}</dt><dd>{device.runtime}</dd></>}
          {report?.checkpoint && <><dt>{t('model.hash')}</dt><dd><code title={report.checkpoint}>{report.checkpoint.slice(0, 16)}…</code></dd></>}
          {report?.generatedBy && <><dt>{t('model.exporter')}</dt><dd>{report.generatedBy}</dd></>}
          <dt>{t('model.licence')}</dt><dd>{pack?.license ?? '–'}</dd>
        </dl>
        <div className={styles.row}>
          <Button className={parts.second ?? ''} onPress={() => void copyReport(app)}>{t('model.report')}</Button>
          <span className={styles.quiet}>{t('model.reportNote')}</span>
        </div>
      </section>
    </>
  );
}

function Task({ verb }: { readonly verb: Verb }) {
  const t = useT();
  const said = useSentence();
  const able = useSelect((s) => availability(s, verb));
  const words = able === null ? '–' : able.available ? t('model.yes') : said(able.reason) || t('verb.none');
  return (
    <li data-able={able?.available || undefined}>
      {able?.available ? <Check size={16} aria-hidden /> : <Minus size={16} aria-hidden />}
      <strong>{t(`verb.${verb}`)}</strong>
      <span>{words}</span>
    </li>
  );
}
