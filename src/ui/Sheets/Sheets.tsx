/** Sheets over the page, one at a time; each is loaded when it is first opened. */
import { lazy, Suspense, type ComponentType } from 'react';
import { update } from '../../store/app.ts';
import type { Sheet as SheetId } from '../../store/slices/view.ts';
import { useApp, useSelect } from '../context.ts';

const Frame = lazy(() => import('./Frame.tsx'));
const SHEETS: Readonly<Record<NonNullable<SheetId>, ComponentType>> = {
  names: lazy(() => import('./NamesSheet.tsx')),
  save: lazy(() => import('./SaveSheet.tsx')),
  model: lazy(() => import('./ModelSheet.tsx')),
  address: lazy(() => import('./AddressSheet.tsx')),
  camera: lazy(() => import('./CameraSheet.tsx')),
  help: lazy(() => import('./HelpSheet.tsx')),
};

export function Sheets() {
  const app = useApp();
  const sheet = useSelect((s) => s.view.sheet);
  if (sheet === null) return null;
  const Content = SHEETS[sheet];
  return (
    <Suspense>
      <Frame id={sheet} onClose={() => update(app, 'view', { sheet: null })}>
        <Suspense><Content /></Suspense>
      </Frame>
    </Suspense>
  );
}
