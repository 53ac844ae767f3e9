/** One clear card where nothing can run the model: what is missing, and what would help. */
import { CircleAlert } from 'lucide-react';
import { Button } from 'react-aria-components';
import { loadPack } from '../../store/flow/load.ts';
import type { Failure } from '../../store/failure.ts';
import { useApp, useT, useTold } from '../context.ts';
import parts from '../parts/parts.module.css';
import styles from './Hello.module.css';

export function NoDevice({ failure }: { readonly failure: Failure }) {
  const app = useApp();
  const t = useT();
  const told = useTold();
  return (
    <div className={styles.unable} role="alert">
      <CircleAlert size={20} strokeWidth={1.9} aria-hidden />
      <div>
        <strong>{t('notice.at.device')}</strong>
        <p>{told(failure).message}</p>
        <p>{t('device.needs')}</p>
        <Button className={parts.link ?? ''} onPress={() => void loadPack(app)}>{t('notice.retry')}</Button>
      </div>
    </div>
  );
}
