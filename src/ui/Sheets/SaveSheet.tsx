/** What can be taken out, and of what. */
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { Braces, FileImage, Scissors, Spline, Table, type LucideIcon } from 'lucide-react';
import { FORMATS, save } from '../../actions/save.ts';
import type { Scope } from '../../store/flow/save.ts';
import { currentPicture, currentSee, shownFind } from '../../store/select.ts';
import { useApp, usePick, useSelect, useT } from '../context.ts';
import { Choices } from '../parts/Choices.tsx';
import styles from './Sheets.module.css';

const ICONS: Readonly<Record<string, LucideIcon>> = { cutout: Scissors, labels: FileImage, coco: Braces, svg: Spline, csv: Table };

export default function SaveSheet() {
  const app = useApp();
  const t = useT();
  const picture = useSelect(currentPicture);
  const { count, picked, found } = usePick((s) => ({ count: currentSee(s)?.segments.length ?? 0, picked: s.selection.picked.length > 0, found: shownFind(s) !== null }));
  const [scope, setScope] = useState<Scope>(found ? 'found' : picked ? 'picked' : 'all');
  if (!picture || (count === 0 && !found)) return <p className={styles.quiet}>{t('save.nothing')}</p>;
  const choices: Partial<Record<Scope, string>> = {
    all: t('save.scopeAll', { count }),
    ...(picked ? { picked: t('save.scopePicked') } : {}),
    ...(found ? { found: t('save.scopeFound') } : {}),
  };
  return (
    <>
      <Choices<Scope> label={t('save.scope')} value={scope} choices={choices as Record<Scope, string>} onChange={setScope} />
      <div className={styles.saves}>
        {FORMATS.map((format) => {
          const Icon = ICONS[format.id] ?? FileImage;
          return (
            <div key={format.id} className={styles.save}>
              <Button className={styles.saveGo ?? ''} onPress={() => void save(app, format, scope)}>
                <Icon size={20} strokeWidth={1.7} aria-hidden />
                <div><strong>{t(format.title)}</strong><span>{t(format.note)}</span></div>
              </Button>
            </div>
          );
        })}
      </div>
      <p className={styles.quiet}>{t('save.size', { size: `${picture.size.width} × ${picture.size.height}` })}</p>
    </>
  );
}
