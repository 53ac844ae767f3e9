import { Label, Slider, SliderOutput, SliderThumb, SliderTrack } from 'react-aria-components';
import styles from './parts.module.css';

interface Props {
  readonly label: string;
  readonly value: number;
  write(value: number): string;
  onChange(value: number): void;
  /** The thumb was let go. */
  onDone?(): void;
}

/** A share from 0 to 1. */
export function Range({ label, value, write, onChange, onDone }: Props) {
  return (
    <Slider className={styles.slider ?? ''} value={value} minValue={0} maxValue={1} step={0.05} onChange={onChange} {...(onDone && { onChangeEnd: onDone })}>
      <Label>{label}</Label>
      <SliderOutput>{write(value)}</SliderOutput>
      <SliderTrack className={styles.track ?? ''}>
        <div className={styles.fill} style={{ width: `${value * 100}%` }} />
        <SliderThumb className={styles.thumb ?? ''} />
      </SliderTrack>
    </Slider>
  );
}
