/** Where the model runs, why there, how well it computes there, and the person's own choice. */
import { useEffect, useEffectEvent, useState } from 'react';
import type { EngineState } from '../../../engine/api.ts';
import { bytes, duration } from '../../../i18n/numbers.ts';
import { changeDevice } from '../../../store/flow/load.ts';
import { paceOf } from '../../../store/keep/pace.ts';
import type { DeviceChoice } from '../../../store/slices/engine.ts';
import { useApp, usePick, useSentence, useT } from '../../context.ts';
import { Choices } from '../../parts/Choices.tsx';
import sheets from '../Sheets.module.css';

export function DeviceBlock() {
  const app = useApp();
  const t = useT();
  const said = useSentence();
  const { phase, device, report, choice } = usePick((s) => s.engine);
  const [inside, setInside] = useState<EngineState | null>(null);
  const inspect = useEffectEvent(() => void app.engine.inspect().then(setInside, () => setInside(null)));
  useEffect(() => {
    if (phase !== 'asking') inspect();
  }, [phase]);
  const pace = report && device ? paceOf(report.name, device) : null;
  return (
    <section className={sheets.block}>
      <h3>{t('device.title')}</h3>
      {device && <p className={sheets.quiet}>{said(device.reason)}</p>}
      <dl className={`${sheets.facts} num`}>
        {device && <><dt>{t('model.device')}</dt><dd>{t(`device.${device.provider}`)} · {device.precision}{device.adapter && ` · ${device.adapter}`}</dd></>}
        {device?.provider === 'wasm' && <><dt>{t('device.threads')}</dt><dd>{device.threads}{!crossOriginIsolated && ` · ${t('device.notIsolated')}`}</dd></>}
        {device && <><dt>{t('device.check')}</dt><dd>{t('device.checked', { error: device.probeError.toExponential(1) })}</dd></>}
        {device && <><dt>{t('device.pace')}</dt><dd>{pace === null ? t('device.paceUnknown') : t('device.paceKnown', { time: duration(pace) })}</dd></>}
        {inside && <><dt>{t('model.memory')}</dt><dd>{bytes(inside.featureBytes)} / {bytes(inside.featureBudget)}</dd></>}
        {inside && <><dt>{t('model.runs')}</dt><dd>{Object.entries(inside.graphRuns).map(([graph, runs]) => `${graph} ${runs}`).join(' · ') || '–'}</dd></>}
      </dl>
      <Choices<DeviceChoice> label={t('device.choice')} value={choice} onChange={(next) => void changeDevice(app, next)}
        choices={{ auto: t('device.auto'), webgpu: t('device.webgpu'), wasm: t('device.wasm'), least: t('device.least') }} />
      <p className={sheets.quiet}>{t('device.changing')}</p>
    </section>
  );
}
