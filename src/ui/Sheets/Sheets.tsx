/** Sheets over the page, one at a time; each is loaded when it is first opened. */
import { Suspense, type ComponentType } from 'react';
import { update } from '../../store/app.ts';
import type { Sheet as SheetId } from '../../store/slices/view.ts';
import { useApp, useSelect } from '../context.ts';
import { later } from '../later.ts';

const Frame = later(() => import('./Frame.tsx'));
const SHEETS: Readonly<Record<NonNullable<SheetId>, ComponentType>> = {
  names: later(() => import('./NamesSheet.tsx')),
  save: later(() => import('./SaveSheet.tsx')),
  model: later(() => import('./ModelSheet.tsx')),
  address: later(() => import('./AddressSheet.tsx')),
  camera: later(() => import('./CameraSheet.tsx')),
  help: later(() => import('./HelpSheet.tsx')),
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
