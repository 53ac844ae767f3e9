/** What the model says: a caption, an answer. */
import { Button } from 'react-aria-components';
import { toClipboard } from '../../actions/clipboard.ts';
import { submit } from '../../actions/submit.ts';
import { percent } from '../../i18n/numbers.ts';
import { update, type App } from '../../store/app.ts';
import { failureOf } from '../../store/failure.ts';
import { notify } from '../../store/flow/notify.ts';
import { captionTopic, currentAsk, currentDescribe, spokenSoFar } from '../../store/select.ts';
import { useApp, usePick, useSelect, useT } from '../context.ts';
import parts from '../parts/parts.module.css';
import styles from './Panel.module.css';

export function WordsCards() {
  const verb = useSelect((s) => s.task.verb);
  if (verb === 'describe') return <DescribeCard />;
  return verb === 'ask' ? <AskCard /> : null;
}

function DescribeCard() {
  const app = useApp();
  const t = useT();
  const result = useSelect(currentDescribe);
  const soFar = useSelect(spokenSoFar);
  const running = useSelect((s) => s.runs.running?.kind === 'describe');
  const picked = useSelect((s) => captionTopic(s) !== '');
  const text = result?.text ?? soFar;
  return (
    <section className={styles.section} aria-label={t('describe.title')}>
      <h2>{t(picked ? 'describe.region' : 'describe.title')}</h2>
      {result && result.about.length > 0 && <p className={styles.quiet}>{result.about.join(', ')}</p>}
      <p className={styles.large} data-caption>{text}{!result && running && soFar !== '' && ' …'}</p>
      {result && <p className={styles.quiet}>{t('describe.unsure')} {picked ? '' : t('describe.hint')}</p>}
      {text !== '' && (
        <p className={styles.meta}><Button className={parts.link ?? ''} onPress={() => void copy(app, text)}>{t('describe.copy')}</Button></p>
      )}
    </section>
  );
}

async function copy(app: App, text: string): Promise<void> {
  try {
    await toClipboard((clipboard) => clipboard.writeText(text));
    notify(app, (t) => t('describe.copied'));
  } catch (error) {
    notify(app, failureOf(error));
  }
}

const EARLIER = 6;
/** A likeliest answer below this hardly stands out from the others. */
const STANDS_OUT = 0.2;

function AskCard() {
  const app = useApp();
  const t = useT();
  const result = useSelect(currentAsk);
  const question = useSelect((s) => s.task.question);
  const earlier = usePick((s) => s.runs.asked.filter((a) => a.picture === s.library.current && a.question !== s.task.question).slice(-EARLIER).toReversed());
  if (question === '' && earlier.length === 0) return null;
  const again = (text: string): void => {
    update(app, 'task', ({ drafts }) => ({ drafts: { ...drafts, ask: text } }));
    submit(app);
  };
  return (
    <section className={styles.section} aria-label={t('ask.title')}>
      {question !== '' && (
        <>
          <h2>{t('ask.title')}</h2>
          <p className={styles.quiet} dir="auto">{question}</p>
          <p className={styles.large} data-answer>{result?.answers[0]?.answer}</p>
          {result?.answers.map(({ answer, score: value }, i) => (
            <div key={answer} className={styles.answer} data-first={i === 0 || undefined}>
              <span className={styles.name}>{answer}</span>
              <span className={styles.bar} aria-hidden><i style={{ width: `${value * 100}%` }} /></span>
              <span className="num">{percent(value)}</span>
            </div>
          ))}
          {result?.truncated && <p className={styles.quiet}>{t('find.truncated')}</p>}
          {result && <p className={styles.quiet}>{(result.answers[0]?.score ?? 0) < STANDS_OUT && `${t('ask.unsure')} `}{t('ask.fixed')}</p>}
        </>
      )}
      {earlier.length > 0 && (
        <>
          <h3 className={styles.sub}>{t('ask.earlier')}</h3>
          <div className={styles.chips}>{earlier.map((a) => <Button key={a.question} className={styles.chip ?? ''} onPress={() => again(a.question)}><span className={styles.name} dir="auto">{a.question}</span></Button>)}</div>
        </>
      )}
    </section>
  );
}
