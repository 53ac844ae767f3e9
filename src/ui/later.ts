/** Parts of the page that are fetched when they are first needed. One that can't be had is told; what is there goes on. */
import { lazy, useEffect, type ComponentType, type LazyExoticComponent } from 'react';
import { EngineError } from '../engine/errors.ts';
import { update } from '../store/app.ts';
import { failureOf } from '../store/failure.ts';
import { notify } from '../store/flow/notify.ts';
import { useApp } from './context.ts';

export const later = <P,>(load: () => Promise<{ readonly default: ComponentType<P> }>): LazyExoticComponent<ComponentType<P>> =>
  lazy(() => load().catch(() => ({ default: Missing })));

function Missing(): null {
  const app = useApp();
  useEffect(() => {
    // A sheet that does not come must not hold the keys.
    update(app, 'view', { sheet: null });
    notify(app, failureOf(new EngineError('network', 'A part of the page could not be fetched.', { stage: 'fetch', advice: 'Check the connection and load the page again; until then the rest of it works.' })));
  }, [app]);
  return null;
}
