/** The one place to act: verbs, one field, one button, and what the model is given. */
import { Equation } from './Equation.tsx';
import { Field } from './Field.tsx';
import { Verbs } from './Verbs.tsx';
import styles from './Dock.module.css';

export const Dock = () => (
  <div className={styles.dock}>
    <Verbs />
    <Field />
    <Equation />
  </div>
);
