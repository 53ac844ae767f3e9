/** One of a few, all in view. */
import { Label, Radio, RadioGroup } from 'react-aria-components';
import styles from './parts.module.css';
import form from './form.module.css';

interface Props<V extends string> {
  readonly label: string;
  readonly value: V;
  readonly choices: Readonly<Record<V, string>>;
  /** Long names stand one below the other. */
  readonly stacked?: boolean;
  onChange(value: V): void;
}

export function Choices<V extends string>({ label, value, choices, stacked = false, onChange }: Props<V>) {
  const keys = Object.keys(choices) as V[];
  return (
    <RadioGroup className={form.field ?? ''} value={value} onChange={(v) => onChange(keys.find((key) => key === v) ?? value)}>
      <Label className={form.label ?? ''}>{label}</Label>
      <div className={`${styles.choices} ${stacked ? form.stacked : ''}`}>
        {keys.map((key) => <Radio key={key} value={key} className={styles.choice ?? ''}>{choices[key]}</Radio>)}
      </div>
    </RadioGroup>
  );
}
