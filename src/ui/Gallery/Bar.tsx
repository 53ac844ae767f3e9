/** Over the grid: which pictures, how far they are read, and what can be done with all of them. */
import { Database, FolderPlus, HardDriveDownload, Pause, Play } from 'lucide-react';
import { Button, Dialog, DialogTrigger, Popover, ProgressBar, ToggleButton, ToggleButtonGroup, TooltipTrigger } from 'react-aria-components';
import { addFolder, pauseReading, saveIndex } from '../../actions/gallery.ts';
import { showSet } from '../../store/flow/gallery/index-file.ts';
import { availability } from '../../store/select.ts';
import { useApp, usePick, useSelect, useSentence, useT } from '../context.ts';
import { ActionButton } from '../parts/ActionButton.tsx';
import { Tip } from '../parts/Tip.tsx';
import parts from '../parts/parts.module.css';
import { counted } from './counted.ts';
import { OpenIndex } from './OpenIndex.tsx';
import styles from './Gallery.module.css';

const ICON = { size: 17, strokeWidth: 1.7, 'aria-hidden': true } as const;

export function Bar() {
  const app = useApp();
  const t = useT();
  const { set, index, count, language } = usePick(({ gallery, view }) => ({ set: gallery.set, index: gallery.index, count: gallery.items.length, language: view.language }));
  return (
    <div className={styles.bar}>
      {index ? (
        <ToggleButtonGroup className={styles.sets ?? ''} selectionMode="single" disallowEmptySelection selectedKeys={[set]} aria-label={t('act.gallery')}
          onSelectionChange={(keys) => showSet(app, keys.has('own') ? 'own' : 'index')}>
          <ToggleButton id="own" className={styles.setName ?? ''}><span>{t('gallery.title')}</span><span className="num">{counted(language, count)}</span></ToggleButton>
          <ToggleButton id="index" className={styles.setName ?? ''}><span>{index.name}</span><span className="num">{counted(language, index.report.rows)}</span></ToggleButton>
        </ToggleButtonGroup>
      ) : (
        <h2>{t('gallery.title')}<span className="num">{counted(language, count)}</span></h2>
      )}
      {set === 'own' ? <Reading /> : <Loading />}
      <span className={styles.space} />
      <ActionButton action={addFolder}><FolderPlus {...ICON} /></ActionButton>
      <DialogTrigger>
        <TooltipTrigger delay={500}>
          <Button className={parts.icon ?? ''} aria-label={t('index.open')}><Database {...ICON} /></Button>
          <Tip placement="bottom">{t('index.open')}</Tip>
        </TooltipTrigger>
        <Popover className={parts.popover ?? ''} placement="bottom end">
          <Dialog aria-label={t('index.open')} className={styles.openIndex ?? ''}>{({ close }) => <OpenIndex onDone={close} />}</Dialog>
        </Popover>
      </DialogTrigger>
      <TooltipTrigger delay={500}>
        <Button className={parts.icon ?? ''} aria-label={t('gallery.saveIndex')} isDisabled={count === 0} onPress={() => void saveIndex(app)}><HardDriveDownload {...ICON} /></Button>
        <Tip placement="bottom">{t('gallery.saveIndex')}</Tip>
      </TooltipTrigger>
    </div>
  );
}

function Reading() {
  const app = useApp();
  const t = useT();
  const said = useSentence();
  const language = useSelect((s) => s.view.language);
  const { done, total, paused, ready } = usePick(({ gallery, engine }) => ({
    done: gallery.items.filter((i) => i.state === 'read' || i.state === 'broken').length, total: gallery.items.length, paused: gallery.paused, ready: engine.phase === 'ready',
  }));
  const able = useSelect((s) => availability(s, 'search'));
  if (done === total) return null;
  const text = t('gallery.reading', { done: counted(language, done), total: counted(language, total) });
  const why = able?.available === false ? said(able.reason) || t('verb.none') : paused ? t('gallery.paused') : ready ? '' : t('gallery.waitsForModel');
  return (
    <>
      <Progress label={t('gallery.progress')} text={text} share={done / total} note={why} />
      <Button className={parts.icon ?? ''} aria-label={t(paused ? 'gallery.resume' : 'gallery.pause')} onPress={() => void pauseReading.perform(app)}>
        {paused ? <Play {...ICON} /> : <Pause {...ICON} />}
      </Button>
    </>
  );
}

function Loading() {
  const t = useT();
  const language = useSelect((s) => s.view.language);
  const index = useSelect((s) => s.gallery.index);
  if (!index || index.loaded === index.report.rows) return null;
  const { loaded, report } = index;
  return <Progress label={t('index.title')} text={t('index.loading', { done: counted(language, loaded), total: counted(language, report.rows) })} share={loaded / report.rows} note="" />;
}

function Progress({ label, text, share, note }: { readonly label: string; readonly text: string; readonly share: number; readonly note: string }) {
  return (
    <ProgressBar className={styles.progress ?? ''} aria-label={label} value={share * 100} valueLabel={text}>
      <span className={styles.track} aria-hidden><i style={{ width: `${share * 100}%` }} /></span>
      <span className="num">{text}{note && ` · ${note}`}</span>
    </ProgressBar>
  );
}
