/** Keyboards go on near where they were when what had the focus goes away, or can't be pressed any more: a chip, a notice, the last undo. */
import { useEffect } from 'react';

const FOCUSABLE = 'button:not([disabled]), [href], input:not([disabled]), textarea, [tabindex]:not([tabindex="-1"])';
/** Overlays give the focus back themselves, a frame after they have gone. */
const PATIENCE_MS = 60;

export function useFocusKept(): void {
  useEffect(() => {
    /** The element that had the focus last, and all around it, inmost first. */
    let path: readonly Element[] = [];
    let timer = 0;
    const remember = ({ target }: FocusEvent): void => {
      path = [];
      for (let at = target instanceof Element ? target : null; at; at = at.parentElement) path = [...path, at];
    };
    const gone = (): boolean => path[0] !== undefined && (!path[0].isConnected || path[0].matches(':disabled'));
    const goOn = (): void => {
      if (!gone() || document.activeElement !== document.body) return;
      for (const around of path) {
        const near = around.isConnected && around !== document.body && around !== document.documentElement ? around.querySelector<HTMLElement>(FOCUSABLE) : null;
        if (near) return near.focus({ preventScroll: true });
      }
    };
    const watcher = new MutationObserver(() => {
      if (!gone()) return;
      clearTimeout(timer);
      timer = window.setTimeout(goOn, PATIENCE_MS);
    });
    watcher.observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ['disabled'] });
    document.addEventListener('focusin', remember);
    return () => {
      watcher.disconnect();
      document.removeEventListener('focusin', remember);
      clearTimeout(timer);
    };
  }, []);
}
