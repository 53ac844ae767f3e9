/** What can be taken out, and of what: to a file, or to the clipboard; of one picture, of all that are open, or of the gallery. */
import { useEffect, useState } from 'react';
import { Button, ProgressBar } from 'react-aria-components';
import { Braces, Check, Copy, FileImage, MessageSquareText, Package, Scissors, Spline, Table, type LucideIcon } from 'lucide-react';
import { copy, FORMATS, save, saveAll, saveCaptions, savedWords, saveWords, stopSaving, type Many } from '../../actions/save.ts';
import type { Format } from '../../save/formats.ts';
import type { Scope } from '../../store/flow/save.ts';
import { atHand, availability, currentPicture, currentSee, galleryShown, settledFind } from '../../store/select.ts';
import { useApp, usePick, useSelect, useT } from '../context.ts';
import { Choices } from '../parts/Choices.tsx';
import parts from '../parts/parts.module.css';
import styles from './Sheets.module.css';

const ICONS: Readonly<Record<string, LucideIcon>> = { cutout: Scissors, labels: FileImage, coco: Braces, svg: Spline, csv: Table };

/** What is saved: of the current picture, or of many. */
type Of = Scope | Many;

const isMany = (of: Of): of is Many => of === 'every' || of === 'gallery';

export default function SaveSheet() {
  const app = useApp();
  const t = useT();
  const picture = useSelect(currentPicture);
  const { count, picked, found, open, words, gallery, searching, speaks } = usePick((s) => ({
    count: currentSee(s)?.segments.length ?? 0, picked: s.selection.picked.length > 0 || s.selection.strokes.length > 0, found: settledFind(s) !== null, open: s.library.pictures.length, words: savedWords(s).length,
    gallery: atHand(s).length, searching: galleryShown(s), speaks: availability(s, 'describe')?.available ?? false,
  }));
  const [done, setDone] = useState<number | null>(null);
  const [making, setMaking] = useState<AbortController | null>(null);
  useEffect(() => () => stopSaving(app), [app]);
  const choices: Partial<Record<Of, string>> = {
    ...(count > 0 ? { all: t('save.scopeAll', { count }) } : {}),
    ...(picked ? { picked: t('save.scopePicked') } : {}),
    ...(found ? { found: t('save.scopeFound') } : {}),
    ...(open > 1 && count > 0 ? { every: t('save.scopeEvery', { count: open }) } : {}),
    ...(gallery > 0 ? { gallery: t('save.scopeGallery', { count: gallery }) } : {}),
  };
  const likeliest: readonly Of[] = [...(searching ? ['gallery' as const] : []), 'found', 'picked', 'all', 'gallery'];
  const [chosen, choose] = useState<Of | null>(null);
  const of = [chosen, ...likeliest].find((o) => o !== null && choices[o] !== undefined);
  const spoken = words > 0 && <Card icon={MessageSquareText} title={t('save.words')} note={t('save.wordsNote', { count: words })} onSave={() => saveWords(app)} />;
  if (!of) {
    return (
      <>
        <p className={styles.quiet}>{t(picture ? 'save.noRegions' : 'save.nothing')}</p>
        <div className={styles.saves}>{spoken}</div>
      </>
    );
  }
  const total = of === 'gallery' ? gallery : open;
  const saveMany = async (run: (onProgress: (done: number) => void) => Promise<void>): Promise<void> => {
    setDone(0);
    await run(setDone);
    setDone(null);
  };
  /** One at a time: a second press is not a second file. */
  const saveOne = async <R,>(run: (signal: AbortSignal) => Promise<R>): Promise<R | undefined> => {
    if (making) return undefined;
    const controller = new AbortController();
    setMaking(controller);
    const result = await run(controller.signal);
    setMaking(null);
    return result;
  };
  const card = (format: Format) => {
    const shown = { icon: ICONS[format.id] ?? FileImage, title: t(format.title), note: t(format.note) };
    if (isMany(of)) return <Card key={format.id} {...shown} onSave={() => void saveMany((told) => saveAll(app, of, [format], told))} />;
    return <Card key={format.id} {...shown} onSave={() => void saveOne((signal) => save(app, format, of, signal))} copyLabel={`${t('save.copy')}: ${t(format.title)}`} onCopy={async () => (await saveOne((signal) => copy(app, format, of, signal))) ?? false} />;
  };
  if (done !== null) {
    return (
      <div className={styles.block}>
        <ProgressBar aria-label={t('save.progress', { done, total })} value={done} maxValue={total}>
          <div className={styles.track}><i style={{ transform: `scaleX(${done / total})` }} /></div>
        </ProgressBar>
        <div className={styles.row}>
          <p className={`${styles.quiet} num`}>{t('save.progress', { done, total })}</p>
          <Button className={parts.second ?? ''} onPress={() => stopSaving(app)}>{t('load.cancel')}</Button>
        </div>
      </div>
    );
  }
  return (
    <>
      <Choices<Of> label={t('save.scope')} value={of} choices={choices as Record<Of, string>} onChange={choose} />
      <div className={styles.saves}>
        {FORMATS.map(card)}
        {isMany(of) && <Card icon={Package} title={t('save.everything')} note={t('save.everythingNote')} onSave={() => void saveMany((told) => saveAll(app, of, FORMATS, told))} />}
        {isMany(of) && speaks && <Card icon={MessageSquareText} title={t('save.captions')} note={t('save.captionsNote')} onSave={() => void saveMany((told) => saveCaptions(app, of, told))} />}
        {spoken}
      </div>
      {making && <Making onStop={() => making.abort()} />}
      {isMany(of) && <p className={styles.quiet}>{t('save.everyNote')}</p>}
      {!isMany(of) && picture && <p className={styles.quiet}>{t('save.size', { size: `${picture.size.width} × ${picture.size.height}` })}</p>}
    </>
  );
}

const PATIENCE_MS = 300;

/** Only for a file that takes long enough to wonder. */
function Making({ onStop }: { onStop(): void }) {
  const t = useT();
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, []);
  return late && (
    <div className={styles.row} aria-busy>
      <p className={styles.quiet} role="status">{t('save.making')}</p>
      <Button className={parts.second ?? ''} onPress={onStop}>{t('load.cancel')}</Button>
    </div>
  );
}

interface CardProps {
  readonly icon: LucideIcon;
  readonly title: string;
  readonly note: string;
  readonly copyLabel?: string;
  onSave(): void;
  /** @returns whether it was copied */
  onCopy?(): Promise<boolean>;
}

function Card({ icon: Icon, title, note, copyLabel, onSave, onCopy }: CardProps) {
  const [copied, setCopied] = useState(false);
  const copyNow = async (): Promise<void> => {
    if (!(await onCopy?.())) return;
    setCopied(true);
    setTimeout(() => setCopied(false), 1500);
  };
  return (
    <div className={styles.save}>
      <Button className={styles.saveGo ?? ''} onPress={onSave}>
        <Icon size={20} strokeWidth={1.7} aria-hidden />
        <div><strong>{title}</strong><span>{note}</span></div>
      </Button>
      {onCopy && (
        <Button className={parts.icon ?? ''} aria-label={copyLabel ?? ''} onPress={() => void copyNow()}>
          {copied ? <Check size={16} aria-hidden /> : <Copy size={16} strokeWidth={1.7} aria-hidden />}
        </Button>
      )}
    </div>
  );
}
