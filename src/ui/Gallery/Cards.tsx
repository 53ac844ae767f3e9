/** Beside the grid: what could not be read, what is kept, what the index is and says. */
import { useEffect, useState } from 'react';
import { Button, Input, Label, TextField } from 'react-aria-components';
import { choosePicturesOfIndex } from '../../actions/gallery.ts';
import { KEPT_BUDGET } from '../../gallery/kept.ts';
import type { IndexReport, RowDetails } from '../../gallery/parquet/read.ts';
import { bytes, percent, score } from '../../i18n/numbers.ts';
import { closeIndex, grantPrefix } from '../../store/flow/gallery/index-file.ts';
import { setKeep } from '../../store/flow/gallery/keep.ts';
import { retryBroken } from '../../store/flow/gallery/read.ts';
import { groupOf, rowOf } from '../../store/flow/gallery/rows.ts';
import { emptyGallery, takeOut } from '../../store/flow/gallery/take-out.ts';
import type { OpenedIndex } from '../../store/slices/gallery.ts';
import { useApp, usePick, useSelect, useT, useTold } from '../context.ts';
import { Toggle } from '../parts/Toggle.tsx';
import form from '../parts/form.module.css';
import parts from '../parts/parts.module.css';
import panel from '../Panel/Panel.module.css';
import { counted } from './counted.ts';
import styles from './Gallery.module.css';

export default function Cards() {
  const { set, index, focused } = usePick((s) => s.gallery);
  if (set === 'own' || !index) return <Own />;
  return (
    <>
      <IndexCard index={index} />
      {focused !== null && <RowCard report={index.report} row={focused} />}
    </>
  );
}

function Own() {
  const app = useApp();
  const t = useT();
  const { keep, keptBytes, leftOut, count } = usePick(({ gallery }) => ({ keep: gallery.keep, keptBytes: gallery.keptBytes, leftOut: gallery.leftOut, count: gallery.items.length }));
  const broken = usePick((s) => s.gallery.items.filter((item) => item.state === 'broken'));
  const asked = useSelect((s) => s.gallery.asked);
  const told = useTold();
  return (
    <>
      {broken.length > 0 && (
        <section className={panel.section} aria-label={t('gallery.broken', { count: broken.length })}>
          <h2>{t('gallery.broken', { count: broken.length })}</h2>
          <ul className={styles.broken}>
            {broken.map((item) => (
              <li key={item.id}>
                <strong>{item.path}</strong>
                <span>{item.failure && told(item.failure).message}</span>
              </li>
            ))}
          </ul>
          <p className={panel.meta}>
            <Button className={parts.link ?? ''} onPress={() => retryBroken(app)}>{t('notice.retry')}</Button>
            <Button className={parts.link ?? ''} onPress={() => takeOut(app, broken.map((item) => item.id))}>{t('gallery.outAll')}</Button>
          </p>
        </section>
      )}
      <section className={panel.section} aria-label={t('gallery.about')}>
        <h2>{t('gallery.title')}</h2>
        {asked && <p className={styles.note}>{t('gallery.opens')}</p>}
        <div className={styles.keep}><Toggle label={t('gallery.keep')} isOn={keep} onChange={(on) => void setKeep(app, on)} /></div>
        <p className={styles.note}>{t('gallery.keepNote')}</p>
        <p className={panel.meta}>
          {keep && <span className="num">{t('gallery.keptBytes', { size: bytes(keptBytes), budget: bytes(KEPT_BUDGET) })}</span>}
          {leftOut > 0 && <span>{t('gallery.leftOut', { count: leftOut })}</span>}
          {count > 0 && <Button className={parts.link ?? ''} onPress={() => emptyGallery(app)}>{t('gallery.clear')}</Button>}
        </p>
      </section>
    </>
  );
}

function IndexCard({ index }: { readonly index: OpenedIndex }) {
  const app = useApp();
  const t = useT();
  const language = useSelect((s) => s.view.language);
  const [prefix, setPrefix] = useState(index.prefix);
  const { report, recall, granted } = index;
  return (
    <section className={panel.section} aria-label={t('index.title')}>
      <h2>{t('index.title')}<Button className={parts.link ?? ''} onPress={() => void closeIndex(app)}>{t('index.close')}</Button></h2>
      <p className={panel.large}>{index.name}</p>
      <dl className={styles.facts}>
        <dt>{t('index.rows')}</dt><dd className="num">{counted(language, report.rows)}</dd>
        <dt>{t('index.pack')}</dt><dd>{report.meta.pack}</dd>
        <dt>{t('index.size')}</dt><dd className="num">{bytes(report.bytes)}</dd>
        {recall !== null && <><dt>{t('index.recall')}</dt><dd className="num">{t('index.recallValue', { share: percent(recall) })}</dd></>}
      </dl>
      {granted === 0 && index.prefix === '' && <p className={styles.note}>{t('index.without')}</p>}
      <div className={styles.address}>
        <Button className={parts.second ?? ''} onPress={() => void choosePicturesOfIndex(app)}>{t('index.folder')}</Button>
      </div>
      <form className={styles.address} onSubmit={(event) => { event.preventDefault(); grantPrefix(app, prefix); }}>
        <TextField className={form.field ?? ''} value={prefix} onChange={setPrefix} type="url">
          <Label className={form.label ?? ''}>{t('index.prefix')}</Label>
          <Input className={form.text ?? ''} placeholder="https://" />
        </TextField>
        <Button type="submit" className={parts.second ?? ''}>{t('index.prefixSet')}</Button>
      </form>
    </section>
  );
}

function RowCard({ report, row }: { readonly report: IndexReport; readonly row: number }) {
  const app = useApp();
  const t = useT();
  useSelect((s) => s.gallery.rows); // the row may be on its way
  const [details, setDetails] = useState<{ readonly row: number; readonly what: RowDetails } | null>(null);
  useEffect(() => {
    let current = true;
    app.gallery.threads.details(groupOf(report, row), row).then((what) => current && setDetails({ row, what })).catch(() => undefined); // the card then says nothing more
    return () => {
      current = false;
    };
  }, [app, report, row]);
  const about = rowOf(app, row);
  const what = details?.row === row ? details.what : null;
  return (
    <section className={panel.section} aria-label={about?.path ?? t('index.row', { number: String(row + 1) })}>
      <h2>{about?.path}{about && <span className="num">{about.width} × {about.height}</span>}</h2>
      {what?.caption && <p className={panel.large}>{what.caption}</p>}
      {what?.answers.map(({ question, answer, score: value }) => <p key={question} className={panel.quiet}>{question} <strong>{answer}</strong> <span className="num">{score(value)}</span></p>)}
      {what && what.segments.length > 0 && (
        <ul className={styles.segments}>
          {what.segments.map((segment, i) => <li key={`${segment.label} ${i}`}>{segment.label}<span className="num">{score(segment.score)}</span></li>)}
        </ul>
      )}
      {what && !what.caption && what.segments.length === 0 && what.answers.length === 0 && <p className={panel.quiet}>{t('index.noWords')}</p>}
    </section>
  );
}
