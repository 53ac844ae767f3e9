/** A button that opens a popover, which is fetched when it is first asked for: the first screen stands without it. */
import { Suspense, useRef, useState, type ComponentType, type ReactNode, type RefObject } from 'react';
import { Button } from 'react-aria-components';
import styles from './parts.module.css';

export interface OpenedProps {
  readonly triggerRef: RefObject<HTMLButtonElement | null>;
  readonly isOpen: boolean;
  onOpenChange(isOpen: boolean): void;
}

interface Props {
  /** Loaded lazily. */
  readonly popover: ComponentType<OpenedProps>;
  /** Name of the button where its content has none. */
  readonly label?: string;
  readonly className?: string | undefined;
  readonly state?: string;
  readonly children: ReactNode;
}

export function Opens({ popover: Popover, label, className = styles.icon, state, children }: Props) {
  const triggerRef = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  // Once there it stays, so that closing it is as smooth as opening it.
  const [there, setThere] = useState(false);
  const open = (): void => {
    setThere(true);
    setOpen(true);
  };
  return (
    <>
      <Button ref={triggerRef} className={className ?? ''} aria-haspopup="dialog" aria-expanded={isOpen} onPress={open} {...(label && { 'aria-label': label })} {...(state && { 'data-state': state })}>
        {children}
      </Button>
      {there && <Suspense><Popover triggerRef={triggerRef} isOpen={isOpen} onOpenChange={setOpen} /></Suspense>}
    </>
  );
}
