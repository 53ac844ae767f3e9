/** The colour of a region, as on the stage: things filled, stuff hatched. */
import type { Look } from '../../store/looks.ts';
import { css } from '../Stage/colors.ts';
import styles from './swatch.module.css';

const ANGLES = [45, 135, 0, 90, 30, 60];

export function Swatch({ look, stuff }: { readonly look: Look; readonly stuff: boolean }) {
  const color = css(look.color);
  const background = stuff ? `repeating-linear-gradient(${ANGLES[look.pattern % ANGLES.length]}deg, ${color} 0 3px, ${css(look.color, 0.4)} 3px 5px)` : color;
  return <span className={styles.swatch} style={{ background }} aria-hidden />;
}
