/** The ways to an index: a file, a folder, an address. */
import { useState, type FormEvent } from 'react';
import { Button, Input, Label, TextField } from 'react-aria-components';
import { addFolder, chooseIndexFile, openIndexAt } from '../../actions/gallery.ts';
import { useApp, useT } from '../context.ts';
import form from '../parts/form.module.css';
import parts from '../parts/parts.module.css';
import styles from './Gallery.module.css';

export function OpenIndex({ onDone }: { onDone(): void }) {
  const app = useApp();
  const t = useT();
  const [url, setUrl] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    openIndexAt(app, url);
    onDone();
  };
  const then = (work: unknown): void => {
    void work;
    onDone();
  };
  return (
    <>
      <p className={styles.note}>{t('index.what')}</p>
      <div className={styles.pair}>
        <Button className={parts.second ?? ''} onPress={() => then(chooseIndexFile(app))}>{t('index.openFile')}</Button>
        <Button className={parts.second ?? ''} onPress={() => then(addFolder.perform(app))}>{t('index.openFolder')}</Button>
      </div>
      <form onSubmit={submit} className={styles.address}>
        <TextField className={form.field ?? ''} value={url} onChange={setUrl} type="url">
          <Label className={form.label ?? ''}>{t('index.url')}</Label>
          <Input className={form.text ?? ''} placeholder="https://" />
        </TextField>
        <Button type="submit" className={parts.second ?? ''} isDisabled={url.trim() === ''}>{t('index.urlOpen')}</Button>
      </form>
    </>
  );
}
