/** A pack of one's own: a folder or ZIP archive dropped or chosen, or an address. */
import { useState, type FormEvent } from 'react';
import { ChevronRight } from 'lucide-react';
import { Button, Disclosure, DisclosurePanel, DropZone, Heading } from 'react-aria-components';
import { choosePackArchive, choosePackFolder, packFromDrop } from '../../../actions/own-pack.ts';
import { addPackAddress, stopPackAddress } from '../../../store/flow/packs/own.ts';
import { useApp, useSelect, useT } from '../../context.ts';
import form from '../../parts/form.module.css';
import parts from '../../parts/parts.module.css';
import sheets from '../Sheets.module.css';
import styles from './Model.module.css';

export function AddPack() {
  const app = useApp();
  const t = useT();
  const busy = useSelect((s) => s.engine.phase === 'loading');
  const [address, setAddress] = useState('');
  // An archive from another site is fetched whole before the pack can be looked at.
  const [fetching, setFetching] = useState(false);
  const go = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setFetching(true);
    await addPackAddress(app, address);
    setFetching(false);
  };
  return (
    <Disclosure className={styles.add ?? ''}>
      <Heading level={4}>
        <Button slot="trigger" className={styles.more ?? ''}><ChevronRight size={16} aria-hidden />{t('model.addOwn')}</Button>
      </Heading>
      <DisclosurePanel className={styles.ways ?? ''}>
        <DropZone className={styles.zone ?? ''} aria-label={t('model.drop')} isDisabled={busy} onDrop={(event) => void packFromDrop(app, event.items)}>
          <span>{t('model.drop')}</span>
          <div className={sheets.row}>
            <Button className={parts.second ?? ''} isDisabled={busy} onPress={() => choosePackFolder(app)}>{t('model.folder')}</Button>
            <Button className={parts.second ?? ''} isDisabled={busy} onPress={() => choosePackArchive(app)}>{t('model.archive')}</Button>
          </div>
        </DropZone>
        <form className={sheets.addRow} onSubmit={(event) => void go(event)}>
          <input className={form.text} inputMode="url" required placeholder={t('model.address')} aria-label={t('model.address')} value={address} onChange={(e) => setAddress(e.target.value)} />
          {fetching && !busy ? (
            <Button className={parts.second ?? ''} onPress={() => stopPackAddress(app)}>{t('load.cancel')}</Button>
          ) : (
            <Button className={parts.second ?? ''} type="submit" isDisabled={busy || address.trim() === ''}>{t('model.fetch')}</Button>
          )}
        </form>
        <p className={sheets.quiet} role="status">{t(fetching && !busy ? 'address.fetching' : 'model.ownNote')}</p>
      </DisclosurePanel>
    </Disclosure>
  );
}
