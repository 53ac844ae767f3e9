/** The brush's size at the pointer; moved without React. */
import { useEffect, useRef, type RefObject } from 'react';
import { useSelect } from '../context.ts';
import styles from './Stage.module.css';

export function BrushRing({ surface }: { readonly surface: RefObject<HTMLElement | null> }) {
  const brush = useSelect((s) => s.view.brush);
  const shown = useSelect((s) => s.view.tool === 'brush' || s.view.tool === 'eraser');
  const ring = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = surface.current;
    if (!shown || !element) return;
    const move = (event: PointerEvent): void => {
      const box = element.getBoundingClientRect();
      ring.current?.style.setProperty('transform', `translate(${event.clientX - box.left}px, ${event.clientY - box.top}px)`);
    };
    element.addEventListener('pointermove', move);
    return () => element.removeEventListener('pointermove', move);
  }, [shown, surface]);
  return shown ? <div ref={ring} className={styles.ring} style={{ '--radius': `${brush}px` }} aria-hidden /> : null;
}
