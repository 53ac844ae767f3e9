/** See, Find, Describe, Ask, Search. A verb that the pack cannot do stays in view and says why. */
import { Fragment } from 'react';
import { AlignLeft, CircleHelp, Crosshair, ScanSearch, SquareDashedMousePointer, type LucideIcon } from 'lucide-react';
import { ToggleButton, ToggleButtonGroup, TooltipTrigger } from 'react-aria-components';
import { chooseVerb } from '../../actions/verbs.ts';
import { availability } from '../../store/select.ts';
import { VERBS, type Verb } from '../../store/slices/task.ts';
import { useApp, useSelect, useSentence, useT } from '../context.ts';
import { usePills } from './usePills.ts';
import { Tip } from '../parts/Tip.tsx';
import styles from './Dock.module.css';

const ICONS: Readonly<Record<Verb, LucideIcon>> = { see: SquareDashedMousePointer, find: Crosshair, describe: AlignLeft, ask: CircleHelp, search: ScanSearch };

export function Verbs() {
  const app = useApp();
  const t = useT();
  const verb = useSelect((s) => s.task.verb);
  return (
    <ToggleButtonGroup className={styles.verbs ?? ''} selectionMode="single" disallowEmptySelection selectedKeys={[verb]} aria-label={t('verb.group')}
      onSelectionChange={(keys) => {
        const chosen = VERBS.find((v) => keys.has(v));
        if (chosen) chooseVerb(app, chosen);
      }}>
      {VERBS.map((v, i) => <VerbButton key={v} verb={v} hotkey={String(i + 1)} />)}
    </ToggleButtonGroup>
  );
}

/** The task as what goes in and what comes out, before it is chosen. */
function Combination({ verb }: { readonly verb: Verb }) {
  const t = useT();
  const pills = usePills(verb);
  return (
    <span className={`${styles.tip} num`} role="img" aria-label={pills.map((p) => p.words).join(', ')}>
      {pills.map(({ kind, words, about }, i) => (
        <Fragment key={about}>
          {i > 0 && <span aria-hidden>{kind === 'out' ? '→' : '+'}</span>}
          <span className={styles.tipPart} data-kind={kind}>{words}</span>
        </Fragment>
      ))}
      <span className="unseen">{t('query.label')}</span>
    </span>
  );
}

function VerbButton({ verb, hotkey }: { readonly verb: Verb; readonly hotkey: string }) {
  const t = useT();
  const said = useSentence();
  const able = useSelect((s) => availability(s, verb));
  const unable = able?.available === false;
  const Icon = ICONS[verb];
  return (
    <TooltipTrigger delay={400}>
      <ToggleButton id={verb} className={styles.verb ?? ''} data-unable={unable || undefined} aria-description={unable ? said(able.reason) || t('verb.none') : undefined}>
        <Icon size={16} strokeWidth={1.8} aria-hidden />
        <span>{t(`verb.${verb}`)}</span>
        <kbd aria-hidden>{hotkey}</kbd>
      </ToggleButton>
      <Tip>{unable ? said(able.reason) || t('verb.none') : <Combination verb={verb} />}</Tip>
    </TooltipTrigger>
  );
}
