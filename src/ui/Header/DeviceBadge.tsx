/** Which device runs the model; pressed, it says why, and how long a picture takes there. */
import { usePick, useT } from '../context.ts';
import { later } from '../later.ts';
import { Opens } from '../parts/Opens.tsx';
import styles from './Header.module.css';

const DeviceWhy = later(() => import('./DeviceWhy.tsx'));

export function DeviceBadge() {
  const t = useT();
  const { device, phase } = usePick((s) => ({ device: s.engine.device, phase: s.engine.phase }));
  return (
    <Opens popover={DeviceWhy} className={styles.badge} state={phase}>
      <i className={styles.dot} aria-hidden />
      <span>{device ? t(`device.${device.provider}`) : t('device.none')}</span>
      <span className={styles.more}>{device ? `· ${device.precision} ` : ''}· {t('app.privacy')}</span>
    </Opens>
  );
}
