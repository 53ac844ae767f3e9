/** What is typed, for the verb of the moment. A phrase to find is looked for by itself once typing pauses. */
import { useEffect, type ClipboardEvent, type FormEvent } from 'react';
import { Button } from 'react-aria-components';
import { find } from '../../actions/find.ts';
import { FIELD_ID } from '../../actions/focus-field.ts';
import { addNames } from '../../actions/names.ts';
import { submit } from '../../actions/submit.ts';
import { stopRun } from '../../store/flow/run.ts';
import { update } from '../../store/app.ts';
import { availability, currentFind } from '../../store/select.ts';
import { score } from '../../i18n/numbers.ts';
import { useApp, usePick, useSelect, useT } from '../context.ts';
import parts from '../parts/parts.module.css';
import styles from './Dock.module.css';

const PAUSE_MS = 700;
/** Shorter than this, a phrase is still being thought of. */
const LEAST = 3;

export function Field() {
  const app = useApp();
  const t = useT();
  const { verb, draft, phrase } = usePick(({ task }) => ({ verb: task.verb, draft: task.drafts[task.verb], phrase: task.phrase }));
  const running = useSelect((s) => s.runs.running?.kind === s.task.verb);
  const able = useSelect((s) => availability(s, s.task.verb));
  const missed = useSelect((s) => {
    const result = currentFind(s);
    return result && !result.matches ? result.score : null;
  });
  const unable = able?.available === false;

  useEffect(() => {
    const text = draft.trim();
    if (verb !== 'find' || unable || text === phrase || (text.length < LEAST && text !== '')) return;
    const timer = setTimeout(() => find(app, draft), text === '' ? 0 : PAUSE_MS);
    return () => clearTimeout(timer);
  }, [app, verb, draft, phrase, unable]);

  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    submit(app);
  };
  const onPaste = (event: ClipboardEvent<HTMLInputElement>): void => {
    const text = event.clipboardData.getData('text/plain');
    if (verb !== 'see' || !/[\n,;]/.test(text)) return;
    event.preventDefault();
    addNames(app, text);
  };
  const label = verb === 'see' ? t(draft.trim() === '' ? 'go.relabel' : 'go.see') : t(`go.${verb}`);
  return (
    <form className={styles.row} onSubmit={onSubmit}>
      {unable ? (
        <p className={styles.reason}>{able.reason || t('verb.none')}</p>
      ) : (
        <input
          id={FIELD_ID} className={styles.input} value={draft} placeholder={t(`field.${verb}`)} aria-label={t(`field.${verb}`)} aria-describedby="prompt-note"
          autoComplete="off" autoCapitalize="off" spellCheck={false} enterKeyHint={verb === 'see' ? 'done' : 'search'} maxLength={4000}
          onChange={({ target }) => update(app, 'task', ({ drafts }) => ({ drafts: { ...drafts, [verb]: target.value } }))}
          onPaste={onPaste}
        />
      )}
      <span id="prompt-note" className={styles.miss}>{verb === 'find' && missed !== null && draft.trim() === phrase ? t('find.noneShort', { score: score(missed) }) : ''}</span>
      {running ? (
        <Button className={`${parts.second} ${styles.go}`} onPress={() => stopRun(app)}>{t('go.stop')}</Button>
      ) : (
        <Button type="submit" className={`${parts.primary} ${styles.go}`} isDisabled={unable || (verb !== 'see' && verb !== 'describe' && draft.trim() === '')}>{label}</Button>
      )}
    </form>
  );
}
