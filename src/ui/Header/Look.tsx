/** How things look: mask strength, threshold, colours, theme, language. All of it acts at once, without inference. */
import { Dialog, Popover } from 'react-aria-components';
import { LANGUAGES, type Language } from '../../i18n/index.ts';
import { score } from '../../i18n/numbers.ts';
import { update } from '../../store/app.ts';
import { editShown, sealEdit } from '../../store/edit.ts';
import type { ViewSlice } from '../../store/slices/view.ts';
import { useApp, usePick, useT } from '../context.ts';
import { Choices } from '../parts/Choices.tsx';
import { Range } from '../parts/Range.tsx';
import { Toggle } from '../parts/Toggle.tsx';
import type { OpenedProps } from '../parts/Opens.tsx';
import parts from '../parts/parts.module.css';
import styles from './Header.module.css';

export default function Look(opened: OpenedProps) {
  const app = useApp();
  const t = useT();
  const view = usePick((s) => s.view);
  const set = (change: Partial<ViewSlice>): void => update(app, 'view', change);
  const done = (): void => sealEdit(app);
  return (
    <Popover {...opened} className={parts.popover ?? ''} placement="bottom end">
      <Dialog className={styles.look ?? ''} aria-label={t('view.title')}>
        <Range label={t('view.opacity')} value={view.opacity} write={(v) => `${Math.round(v * 100)} %`} onChange={(opacity) => editShown(app, { opacity })} onDone={done} />
        <Range label={t('view.threshold')} value={view.threshold} write={score} onChange={(threshold) => editShown(app, { threshold })} onDone={done} />
        <Range label={t('view.detail')} value={view.detail} write={(v) => `${Math.round(v * 100)} %`} onChange={(detail) => editShown(app, { detail })} onDone={done} />
        <Toggle label={t('act.labels')} keys="l" isOn={view.labels} onChange={(labels) => set({ labels })} />
        <Toggle label={t('act.patterns')} keys="t" isOn={view.patterns} onChange={(patterns) => set({ patterns })} />
        <Choices label={t('view.palette')} value={view.palette} stacked onChange={(palette) => set({ palette })}
          choices={{ safe: t('view.paletteSafe'), data: t('view.paletteData'), one: t('view.paletteOne') }} />
        <Choices label={t('view.theme')} value={view.theme} onChange={(theme) => set({ theme })}
          choices={{ system: t('view.themeSystem'), light: t('view.themeLight'), dark: t('view.themeDark') }} />
        <Choices<Language> label={t('view.language')} value={view.language} onChange={(language) => set({ language })} choices={LANGUAGES} />
      </Dialog>
    </Popover>
  );
}
