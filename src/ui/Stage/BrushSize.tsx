/** How wide the brush is, while one is in hand. */
import { Slider, SliderThumb, SliderTrack } from 'react-aria-components';
import { BRUSHES, setBrush } from '../../actions/brush.ts';
import { useApp, useSelect, useT } from '../context.ts';
import parts from '../parts/parts.module.css';
import styles from './Stage.module.css';

export function BrushSize() {
  const app = useApp();
  const t = useT();
  const radius = useSelect((s) => s.view.brush);
  const shown = useSelect((s) => s.view.tool === 'brush' || s.view.tool === 'eraser');
  if (!shown) return null;
  const share = (radius - BRUSHES.least) / (BRUSHES.most - BRUSHES.least);
  return (
    <Slider className={styles.brush ?? ''} aria-label={t('tool.brushSize')} value={radius} minValue={BRUSHES.least} maxValue={BRUSHES.most} onChange={(value) => setBrush(app, value)}>
      <i className={styles.dot} data-size="least" aria-hidden />
      <SliderTrack className={parts.track ?? ''}>
        <div className={parts.fill} style={{ width: `${share * 100}%` }} />
        <SliderThumb className={parts.thumb ?? ''} />
      </SliderTrack>
      <i className={styles.dot} data-size="most" aria-hidden />
    </Slider>
  );
}
