/** A picture from a web address: what happens then, and why it may not work, in plain words. */
import { useEffect, useRef, useState, type FormEvent } from 'react';
import { CircleAlert } from 'lucide-react';
import { Button } from 'react-aria-components';
import { openAddress, stopFetching } from '../../actions/open-address.ts';
import { openSheet } from '../../actions/sheets.ts';
import type { Failure } from '../../store/failure.ts';
import { useApp, useT } from '../context.ts';
import form from '../parts/form.module.css';
import parts from '../parts/parts.module.css';
import { Told } from '../parts/Told.tsx';
import styles from './Sheets.module.css';

export default function AddressSheet() {
  const app = useApp();
  const t = useT();
  const [address, setAddress] = useState('');
  const [fetching, setFetching] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    field.current?.focus(); // the sheet has one thing to do
    return () => stopFetching(app);
  }, [app]);
  const go = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setFailure(null);
    setFetching(true);
    const failed = await openAddress(app, address);
    setFetching(false);
    setFailure(failed);
    if (!failed) openSheet(app, null);
  };
  return (
    <form className={styles.block} onSubmit={(event) => void go(event)}>
      <div className={styles.addRow}>
        <input ref={field} className={form.text} type="url" inputMode="url" required placeholder="https://…" aria-label={t('address.label')} value={address} onChange={(e) => setAddress(e.target.value)} />
        <Button className={parts.primary ?? ''} type="submit" isPending={fetching} isDisabled={address.trim() === ''}>{t(fetching ? 'address.fetching' : 'address.go')}</Button>
      </div>
      <div className={styles.answer}>
        {failure ? (
          <p className={styles.problem} role="alert"><CircleAlert size={18} strokeWidth={1.9} aria-hidden /><span><Told failure={failure} /></span></p>
        ) : (
          <p className={styles.quiet}>{t('address.note')}</p>
        )}
      </div>
    </form>
  );
}
