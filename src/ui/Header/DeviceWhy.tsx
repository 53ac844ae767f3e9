/** Why the model runs where it runs, and how long a picture takes there. */
import { Dialog, Popover } from 'react-aria-components';
import { duration } from '../../i18n/numbers.ts';
import { paceOf } from '../../store/keep/pace.ts';
import { usePick, useSentence, useT } from '../context.ts';
import type { OpenedProps } from '../parts/Opens.tsx';
import parts from '../parts/parts.module.css';
import styles from './Header.module.css';

export default function DeviceWhy(opened: OpenedProps) {
  const t = useT();
  return (
    <Popover {...opened} className={parts.popover ?? ''} placement="bottom end">
      <Dialog className={styles.why ?? ''} aria-label={t('device.title')}><Why /></Dialog>
    </Popover>
  );
}

/** Mounted when it is opened, so that the time it names is the last one. */
function Why() {
  const t = useT();
  const said = useSentence();
  const { device, report } = usePick((s) => ({ device: s.engine.device, report: s.engine.report }));
  const pace = device && report ? paceOf(report.name, device) : null;
  return (
    <>
      <strong>{t('device.title')}</strong>
      {device ? (
        <>
          <p>{said(device.reason)}</p>
          {device.provider === 'wasm' && pace === null && <p>{t('device.slow')}</p>}
          <dl className={`${styles.facts} num`}>
            <dt>{t('device.pace')}</dt><dd>{pace === null ? t('device.paceUnknown') : t('device.paceKnown', { time: duration(pace) })}</dd>
            <dt>{t('device.precision')}</dt><dd>{device.precision}</dd>
            <dt>{t('device.threads')}</dt><dd>{device.threads}</dd>
            {device.adapter && <><dt>{t('device.adapter')}</dt><dd>{device.adapter}</dd></>}
            <dt>{t('device.check')}</dt><dd>{t('device.checked', { error: device.probeError.toExponential(1) })}</dd>
          </dl>
        </>
      ) : (
        <p>{t('device.none')}</p>
      )}
    </>
  );
}
