/** The shortcuts, read from the actions themselves. */
import { ACTIONS } from '../../actions/index.ts';
import { GROUPS } from '../../actions/action.ts';
import { useT } from '../context.ts';
import { Keys } from '../parts/Tip.tsx';
import styles from './Sheets.module.css';

export default function HelpSheet() {
  const t = useT();
  return (
    <>
      <p className={styles.quiet}>{t('keys.mouse')}</p>
      <div className={styles.two}>
        {GROUPS.map((group) => (
          <section key={group} className={styles.block}>
            <h3>{t(`keys.${group}`)}</h3>
            <ul className={styles.keys}>
              {ACTIONS.filter((a) => a.group === group).map((a) => <li key={a.id}>{t(a.label)}{a.keys[0] && <Keys keys={a.keys[0]} />}</li>)}
            </ul>
          </section>
        ))}
      </div>
    </>
  );
}
