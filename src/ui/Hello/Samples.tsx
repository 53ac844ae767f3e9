/** Photos to try at once; they open like any other file. Whose they are is said beside them. */
import { useEffect, useState } from 'react';
import { Button, TooltipTrigger } from 'react-aria-components';
import { openSample } from '../../actions/open-sample.ts';
import type { Language } from '../../i18n/index.ts';
import { useApp, useSelect, useT } from '../context.ts';
import { Tip } from '../parts/Tip.tsx';
import styles from './Hello.module.css';

interface Sample {
  readonly file: string;
  readonly title: Readonly<Record<Language, string>>;
  /** Whose photo it is, a comma, and under which terms. */
  readonly credit: string;
}

const BASE = new URL('samples/', document.baseURI);
const thumb = (file: string): string => new URL(`thumbs/${file.replace(/\.jpg$/, '.webp')}`, BASE).href;

/** Everyone who gave a photo, by terms. */
function credits(samples: readonly Sample[]): string {
  const terms = new Map<string, Set<string>>();
  for (const { credit } of samples) {
    const [name = '', term = ''] = credit.split(/, (?=[^,]+$)/);
    terms.set(term, (terms.get(term) ?? new Set<string>()).add(name));
  }
  return [...terms].map(([term, names]) => `${[...names].join(', ')} (${term})`).join(' · ');
}

export function Samples() {
  const app = useApp();
  const t = useT();
  const language = useSelect((s) => s.view.language);
  const [samples, setSamples] = useState<readonly Sample[]>([]);
  useEffect(() => {
    const controller = new AbortController();
    // Without the list there are no samples to show, and nothing is lost that a person asked for.
    fetch(new URL('samples.json', BASE), { signal: controller.signal }).then((r) => r.json() as Promise<readonly Sample[]>).then(setSamples, () => undefined);
    return () => controller.abort();
  }, []);
  return (
    <div className={styles.tray}>
      <ul className={styles.samples} aria-label={t('hello.samples')}>
        {samples.map(({ file, title, credit }) => (
          <li key={file}>
            <TooltipTrigger delay={300}>
              <Button className={styles.sample ?? ''} aria-label={title[language]} onPress={() => void openSample(app, new URL(file, BASE).href, file)}>
                <img src={thumb(file)} alt="" width={84} height={84} decoding="async" />
              </Button>
              <Tip placement="bottom">{title[language]} · {credit}</Tip>
            </TooltipTrigger>
          </li>
        ))}
      </ul>
      <p className={styles.credits}>{samples.length > 0 && t('hello.credits', { who: credits(samples) })}</p>
    </div>
  );
}
