/** The sign: two kinds of queries go in, one decoder. */
import styles from './Header.module.css';

export const Mark = () => (
  <svg className={styles.mark} viewBox="0 0 22 22" fill="none" stroke="currentColor" strokeWidth="1.7" strokeLinecap="round" strokeLinejoin="round" aria-hidden>
    <circle cx="4" cy="5" r="2" />
    <circle cx="4" cy="17" r="2" />
    <path d="M6 6.2 11 11l-5 4.8M11 11h3" />
    <rect x="14" y="7" width="7" height="8" rx="2" />
  </svg>
);
