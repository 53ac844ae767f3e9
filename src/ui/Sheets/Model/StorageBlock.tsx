/** What this page keeps on the machine, and whether the browser promised to leave it there. */
import { Button } from 'react-aria-components';
import { bytes } from '../../../i18n/numbers.ts';
import { askToPersist } from '../../../store/flow/packs/keep.ts';
import { useApp, useSelect, useT } from '../../context.ts';
import parts from '../../parts/parts.module.css';
import sheets from '../Sheets.module.css';

export function StorageBlock() {
  const app = useApp();
  const t = useT();
  const kept = useSelect((s) => s.engine.kept);
  if (!kept) return null;
  const { weights, used, quota, persisted } = kept;
  return (
    <section className={sheets.block}>
      <h3>{t('model.storage')}</h3>
      <dl className={`${sheets.facts} num`}>
        <dt>{t('model.weights')}</dt><dd>{bytes(weights.bytes)} · {t(weights.kind === 'disk' ? 'model.storageDisk' : 'model.storageMemory')}</dd>
        {used !== null && quota !== null && <><dt>{t('model.site')}</dt><dd>{t('load.amount', { done: bytes(used), total: bytes(quota) })}</dd></>}
        <dt>{t('model.persist')}</dt><dd>{t(persisted ? 'model.persisted' : 'model.notPersisted')}</dd>
      </dl>
      {!persisted && weights.kind === 'disk' && <div className={sheets.row}><Button className={parts.second ?? ''} onPress={() => void askToPersist(app)}>{t('model.keep')}</Button></div>}
    </section>
  );
}
