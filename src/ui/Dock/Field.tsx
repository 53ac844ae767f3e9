/** What is typed, for the verb of the moment. A phrase to find is looked for by itself once typing pauses. */
import { useEffect, type ClipboardEvent, type FormEvent } from 'react';
import { Button } from 'react-aria-components';
import { find } from '../../actions/find.ts';
import { FIELD_ID } from '../../actions/focus-field.ts';
import { addNames } from '../../actions/names.ts';
import { submit } from '../../actions/submit.ts';
import { reconcile, stopRun } from '../../store/flow/run.ts';
import { LEAST_TYPED } from '../../store/flow/want.ts';
import { update } from '../../store/app.ts';
import { availability, currentFind, currentPreview } from '../../store/select.ts';
import { score } from '../../i18n/numbers.ts';
import { useApp, usePick, useSelect, useSentence, useT } from '../context.ts';
import parts from '../parts/parts.module.css';
import styles from './Dock.module.css';

const PREVIEW_MS = 120;
const PAUSE_MS = 700;
/** The model's words are English: what is in another script it has never seen. */
const FOREIGN = /[^\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]/u;

export function Field() {
  const app = useApp();
  const t = useT();
  const said = useSentence();
  const { verb, draft, phrase } = usePick(({ task }) => ({ verb: task.verb, draft: task.drafts[task.verb], phrase: task.phrase }));
  const running = useSelect((s) => s.runs.running?.kind === s.task.verb);
  const able = useSelect((s) => availability(s, s.task.verb));
  const missed = useSelect((s) => {
    const result = currentFind(s);
    return result && !result.matches ? result.score : null;
  });
  const preview = useSelect((s) => currentPreview(s)?.score ?? null);
  const unable = able?.available === false;

  useEffect(() => {
    const text = draft.trim();
    if (verb !== 'find' || unable || text === phrase || (text.length < LEAST_TYPED && text !== '')) return;
    const look = setTimeout(() => reconcile(app), PREVIEW_MS);
    const settle = setTimeout(() => find(app, draft), text === '' ? 0 : PAUSE_MS);
    return () => {
      clearTimeout(look);
      clearTimeout(settle);
    };
  }, [app, verb, draft, phrase, unable]);

  const idle = unable || (verb !== 'see' && verb !== 'describe' && draft.trim() === '');
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    if (!idle) submit(app);
  };
  const onPaste = (event: ClipboardEvent<HTMLInputElement>): void => {
    const text = event.clipboardData.getData('text/plain');
    if (verb !== 'see' || !/[\n,;]/.test(text)) return;
    event.preventDefault();
    addNames(app, text);
  };
  const label = verb === 'see' ? t(draft.trim() === '' ? 'go.relabel' : 'go.see') : t(`go.${verb}`);
  let note = '';
  if (FOREIGN.test(draft)) note = t('find.english');
  else if (preview !== null) note = t('find.previewNote', { score: score(preview) });
  else if (verb === 'find' && missed !== null && draft.trim() === phrase) note = t('find.noneShort', { score: score(missed) });
  return (
    <form className={styles.row} onSubmit={onSubmit}>
      {unable ? (
        <p className={styles.reason}>{said(able.reason) || t('verb.none')}</p>
      ) : (
        <input
          id={FIELD_ID} className={styles.input} dir="auto" value={draft} placeholder={t(`field.${verb}`)} aria-label={t(`field.${verb}`)} aria-describedby="prompt-note"
          autoComplete="off" autoCapitalize="off" spellCheck={false} enterKeyHint={verb === 'see' ? 'done' : 'search'} maxLength={4000}
          onChange={({ target }) => update(app, 'task', ({ drafts }) => ({ drafts: { ...drafts, [verb]: target.value } }))}
          onPaste={onPaste}
        />
      )}
      <span id="prompt-note" className={styles.miss}>{note}</span>
      {/* One button, so that it keeps the focus; no submit button, which it would be by the time that the press on "Stop" ends. */}
      <Button className={`${running ? parts.second : parts.primary} ${styles.go}`} isDisabled={!running && idle} onPress={() => (running ? stopRun(app) : submit(app))}>
        {running ? t('go.stop') : label}
      </Button>
    </form>
  );
}
