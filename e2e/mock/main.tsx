/** The app on the engine without a model. What goes wrong is said in the address: ?loadMs=4000&failRuns=1 … */
import { mount } from '../../src/ui/mount.tsx';
import type { ErrorCode } from '../../src/engine/errors.ts';
import { MockEngine } from './engine.ts';

const q = new URLSearchParams(location.search);
const number = (key: string, otherwise: number): number => Number(q.get(key) ?? otherwise);

mount(document.getElementById('root'), new MockEngine({
  loadMs: number('loadMs', 60), runMs: number('runMs', 60), cached: q.has('cached'), failLoad: (q.get('failLoad') as ErrorCode | null) ?? null,
  failRuns: number('failRuns', 0), score: number('score', 0.93), scene: (q.get('scene') as 'usual' | 'none' | 'dense' | null) ?? 'usual',
}));
