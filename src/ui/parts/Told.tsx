/** What went wrong and what to do; where only the kind could be translated, the engine's own words after it. */
import type { Failure } from '../../store/failure.ts';
import { useTold } from '../context.ts';
import styles from './parts.module.css';

export function Told({ failure }: { readonly failure: Failure }) {
  const { message, advice, original } = useTold()(failure);
  return <>{message} {advice}{original && <span lang="en" className={styles.original}>{original}</span>}</>;
}
