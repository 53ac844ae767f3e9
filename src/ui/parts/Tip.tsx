import type { ReactNode } from 'react';
import { Tooltip, type TooltipProps } from 'react-aria-components';
import { caps } from '../../actions/keys.ts';
import styles from './parts.module.css';

interface Props {
  readonly children: ReactNode;
  readonly keys?: string | undefined;
  readonly placement?: TooltipProps['placement'];
}

/** A name with its shortcut, beside what it names. */
export function Tip({ children, keys, placement = 'top' }: Props) {
  return (
    <Tooltip className={styles.tip ?? ''} placement={placement} offset={8}>
      {children}
      {keys && <Keys keys={keys} />}
    </Tooltip>
  );
}

export function Keys({ keys }: { readonly keys: string }) {
  return (
    <span className={styles.keys}>
      {caps(keys).map((cap) => <kbd key={cap}>{cap}</kbd>)}
    </span>
  );
}
