/** What a phrase found, or honestly did not, with the phrases before it. */
import { Button } from 'react-aria-components';
import { clearFind, find, toggleGuess } from '../../actions/find.ts';
import { cosine, percent, score } from '../../i18n/numbers.ts';
import { update } from '../../store/app.ts';
import { currentFind } from '../../store/select.ts';
import type { FindResult } from '../../store/slices/runs.ts';
import { useApp, usePick, useSelect, useT } from '../context.ts';
import parts from '../parts/parts.module.css';
import styles from './Panel.module.css';

const EARLIER = 6;

export function FoundCard() {
  const t = useT();
  const { verb, phrase, guess } = usePick((s) => s.task);
  const result = useSelect(currentFind);
  const earlier = usePick((s) => s.runs.find.filter((f) => f.picture === s.library.current && f.phrase !== s.task.phrase).slice(-EARLIER).toReversed());
  if (verb !== 'find' || (phrase === '' && earlier.length === 0)) return null;
  return (
    <section className={styles.section} aria-label={t('find.title')}>
      {phrase !== '' && <Current phrase={phrase} result={result} guess={guess} />}
      {earlier.length > 0 && <Earlier results={earlier} />}
    </section>
  );
}

function Current({ phrase, result, guess }: { readonly phrase: string; readonly result: FindResult | null; readonly guess: boolean }) {
  const app = useApp();
  const t = useT();
  const link = parts.link ?? '';
  return (
    <>
      <h2>{t(result && !result.matches ? 'find.noneTitle' : 'find.title')}{result?.matches && <span className="num">{score(result.score)}</span>}</h2>
      <p className={styles.large} dir="auto">{phrase}</p>
      {result && !result.matches && <p className={styles.quiet}>{t('find.none', { score: score(result.score) })}</p>}
      {result?.truncated && <p className={styles.quiet}>{t('find.tokens', { count: result.tokens })}</p>}
      <p className={styles.meta}>
        {result?.matches && <span className="num">{t('find.share', { share: percent(result.area / (result.size.width * result.size.height)) })}</span>}
        {result && result.whole !== null && <span className="num">{t('find.whole', { score: cosine(result.whole) })}</span>}
        {result && !result.matches && <Button className={link} onPress={() => toggleGuess(app)}>{t(guess ? 'find.hideGuess' : 'find.showAnyway')}</Button>}
        <Button className={link} onPress={() => clearFind(app)}>{t('find.clear')}</Button>
      </p>
    </>
  );
}

function Earlier({ results }: { readonly results: readonly FindResult[] }) {
  const app = useApp();
  const t = useT();
  const again = (phrase: string): void => {
    update(app, 'task', ({ drafts }) => ({ drafts: { ...drafts, find: phrase } }));
    find(app, phrase);
  };
  return (
    <>
      <h3 className={styles.sub}>{t('find.earlier')}</h3>
      <div className={styles.chips}>
        {results.map(({ id, phrase, matches }) => (
          <Button key={id} className={styles.chip ?? ''} data-faint={!matches || undefined} onPress={() => again(phrase)}><span className={styles.name} dir="auto">{phrase}</span></Button>
        ))}
      </div>
    </>
  );
}
