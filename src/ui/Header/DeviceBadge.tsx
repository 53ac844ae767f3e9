/** Which device runs the model; pressed, it says why, and how long a picture takes there. */
import { Button, Dialog, DialogTrigger, Popover } from 'react-aria-components';
import { duration } from '../../i18n/numbers.ts';
import { paceOf } from '../../store/keep/pace.ts';
import { usePick, useT } from '../context.ts';
import parts from '../parts/parts.module.css';
import styles from './Header.module.css';

export function DeviceBadge() {
  const t = useT();
  const { device, phase } = usePick((s) => ({ device: s.engine.device, phase: s.engine.phase }));
  return (
    <DialogTrigger>
      <Button className={styles.badge ?? ''} data-state={phase}>
        <i className={styles.dot} aria-hidden />
        <span>{device ? t(`device.${device.provider}`) : t('device.none')}</span>
        <span className={styles.more}>{device ? `· ${device.precision} ` : ''}· {t('app.privacy')}</span>
      </Button>
      <Popover className={parts.popover ?? ''} placement="bottom end">
        <Dialog className={styles.why ?? ''} aria-label={t('device.title')}><Why /></Dialog>
      </Popover>
    </DialogTrigger>
  );
}

/** Mounted when it is opened, so that the time it names is the last one. */
function Why() {
  const t = useT();
  const { device, report } = usePick((s) => ({ device: s.engine.device, report: s.engine.report }));
  const pace = device && report ? paceOf(report.name, device) : null;
  return (
    <>
      <strong>{t('device.title')}</strong>
      {device ? (
        <>
          <p>{device.reason}</p>
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
