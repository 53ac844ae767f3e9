/** A button for an action: its name, shortcut and whether it can be done come from the action itself. */
import type { ReactNode } from 'react';
import { Button, TooltipTrigger, type TooltipProps } from 'react-aria-components';
import type { Action } from '../../actions/action.ts';
import { useApp, useSelect, useT } from '../context.ts';
import { Tip } from './Tip.tsx';
import styles from './parts.module.css';

interface Props {
  readonly action: Action;
  readonly children: ReactNode;
  readonly className?: string | undefined;
  readonly tip?: TooltipProps['placement'];
  /** What it shows is words, and so its name; the action's then says what it does. */
  readonly worded?: boolean;
}

export function ActionButton({ action, children, className = styles.icon, tip = 'bottom', worded = false }: Props) {
  const app = useApp();
  const t = useT();
  const enabled = useSelect((s) => action.enabled(s, app));
  return (
    <TooltipTrigger delay={500}>
      <Button className={className ?? ''} {...{ [worded ? 'aria-description' : 'aria-label']: t(action.label) }} isDisabled={!enabled} onPress={() => void action.perform(app)}>
        {children}
      </Button>
      <Tip keys={action.keys[0]} placement={tip}>{t(action.label)}</Tip>
    </TooltipTrigger>
  );
}
