/** The last resort: a fault of the interface itself ends in words and a way on, never in an empty page. */
import { Component, type ReactNode } from 'react';
import { translator } from '../i18n/index.ts';
import type { Language } from '../i18n/index.ts';
import styles from './App.module.css';

interface Props {
  readonly language: () => Language;
  readonly children: ReactNode;
}

export class Fault extends Component<Props, { readonly message: string | null }> {
  override readonly state = { message: null };

  static getDerivedStateFromError(error: unknown): { message: string } {
    return { message: error instanceof Error ? error.message : String(error) };
  }

  override render(): ReactNode {
    if (this.state.message === null) return this.props.children;
    const t = translator(this.props.language());
    return (
      <main className={styles.fault} role="alert">
        <h1>{t('fault.title')}</h1>
        <p>{t('fault.text')}</p>
        <pre>{this.state.message}</pre>
        <button type="button" onClick={() => location.reload()}>{t('fault.reload')}</button>
      </main>
    );
  }
}
