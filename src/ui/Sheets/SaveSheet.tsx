/** What can be taken out, and of what: to a file, or to the clipboard; of one picture, or of all that are open. */
import { useEffect, useState } from 'react';
import { Button, ProgressBar } from 'react-aria-components';
import { Braces, Check, Copy, FileImage, MessageSquareText, Package, Scissors, Spline, Table, type LucideIcon } from 'lucide-react';
import { copy, FORMATS, save, saveAll, savedWords, saveWords, stopSaving } from '../../actions/save.ts';
import type { Format } from '../../save/formats.ts';
import type { Scope } from '../../store/flow/save.ts';
import { currentPicture, currentSee, settledFind } from '../../store/select.ts';
import { useApp, usePick, useSelect, useT } from '../context.ts';
import { Choices } from '../parts/Choices.tsx';
import parts from '../parts/parts.module.css';
import styles from './Sheets.module.css';

const ICONS: Readonly<Record<string, LucideIcon>> = { cutout: Scissors, labels: FileImage, coco: Braces, svg: Spline, csv: Table };

/** What is saved: of the current picture, or of every open one. */
type Of = Scope | 'every';

export default function SaveSheet() {
  const app = useApp();
  const t = useT();
  const picture = useSelect(currentPicture);
  const { count, picked, found, open, words } = usePick((s) => ({
    count: currentSee(s)?.segments.length ?? 0, picked: s.selection.picked.length > 0 || s.selection.strokes.length > 0, found: settledFind(s) !== null, open: s.library.pictures.length, words: savedWords(s).length,
  }));
  const [of, setOf] = useState<Of>(found ? 'found' : picked ? 'picked' : 'all');
  const [done, setDone] = useState<number | null>(null);
  useEffect(() => () => stopSaving(app), [app]);
  if (!picture || (count === 0 && !found)) return <p className={styles.quiet}>{t('save.nothing')}</p>;
  const choices: Partial<Record<Of, string>> = {
    ...(count > 0 ? { all: t('save.scopeAll', { count }) } : {}),
    ...(picked ? { picked: t('save.scopePicked') } : {}),
    ...(found ? { found: t('save.scopeFound') } : {}),
    ...(open > 1 && count > 0 ? { every: t('save.scopeEvery', { count: open }) } : {}),
  };
  const saveEvery = async (formats: readonly Format[]): Promise<void> => {
    setDone(0);
    await saveAll(app, formats, setDone);
    setDone(null);
  };
  if (done !== null) {
    return (
      <div className={styles.block}>
        <ProgressBar aria-label={t('save.progress', { done, total: open })} value={done} maxValue={open}>
          <div className={styles.track}><i style={{ transform: `scaleX(${done / open})` }} /></div>
        </ProgressBar>
        <div className={styles.row}>
          <p className={`${styles.quiet} num`}>{t('save.progress', { done, total: open })}</p>
          <Button className={parts.second ?? ''} onPress={() => stopSaving(app)}>{t('load.cancel')}</Button>
        </div>
      </div>
    );
  }
  return (
    <>
      <Choices<Of> label={t('save.scope')} value={of} choices={choices as Record<Of, string>} onChange={setOf} />
      <div className={styles.saves}>
        {FORMATS.map((format) => (
          <Card key={format.id} icon={ICONS[format.id] ?? FileImage} title={t(format.title)} note={t(format.note)}
            onSave={() => void (of === 'every' ? saveEvery([format]) : save(app, format, of))}
            {...(of === 'every' ? {} : { copyLabel: `${t('save.copy')}: ${t(format.title)}`, onCopy: () => copy(app, format, of) })} />
        ))}
        {of === 'every' && <Card icon={Package} title={t('save.everything')} note={t('save.everythingNote')} onSave={() => void saveEvery(FORMATS)} />}
        {words > 0 && <Card icon={MessageSquareText} title={t('save.words')} note={t('save.wordsNote', { count: words })} onSave={() => saveWords(app)} />}
      </div>
      <p className={styles.quiet}>{of === 'every' ? t('save.everyNote') : t('save.size', { size: `${picture.size.width} × ${picture.size.height}` })}</p>
    </>
  );
}

interface CardProps {
  readonly icon: LucideIcon;
  readonly title: string;
  readonly note: string;
  readonly copyLabel?: string;
  onSave(): void;
  onCopy?(): Promise<void>;
}

function Card({ icon: Icon, title, note, copyLabel, onSave, onCopy }: CardProps) {
  const [copied, setCopied] = useState(false);
  const copyNow = async (): Promise<void> => {
    await onCopy?.();
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
