import { Switch } from 'react-aria-components';
import { Keys } from './Tip.tsx';
import form from './form.module.css';

interface Props {
  readonly label: string;
  readonly keys?: string;
  readonly isOn: boolean;
  onChange(isOn: boolean): void;
}

export function Toggle({ label, keys, isOn, onChange }: Props) {
  return (
    <Switch className={form.toggle ?? ''} isSelected={isOn} onChange={onChange}>
      <span className={form.name}>{label}</span>
      {keys && <Keys keys={keys} />}
      <span className={form.knob} aria-hidden />
    </Switch>
  );
}
