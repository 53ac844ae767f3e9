import { describe, expect, it } from 'vitest';
import type { Engine, LoadReport, PackSource, PictureId } from '../../engine/api.ts';
import { EngineError } from '../../engine/errors.ts';
import { createApp, update } from '../app.ts';
import { PageEngine } from '../page-engine.ts';
import type { Picture, PictureKey } from '../slices/library.ts';
import { changePack } from './load.ts';
import { reconcile } from './run.ts';

const SOURCE: PackSource = { kind: 'url', manifest: '/one.json' };
const OTHER: PackSource = { kind: 'url', manifest: '/other.json' };
const PICTURE: Picture = { key: 'p' as PictureKey, name: 'p.jpg', size: { width: 2, height: 2 }, format: 'jpeg', url: '', engineId: 'inner' as PictureId, timings: {} };
const REPORT = { name: 'one', presets: [{ id: 'few', names: ['cat'], isThing: [true], colors: [[1, 2, 3]] }], defaultPreset: 'few', tasks: { panoptic: { available: true, reason: null } } } as unknown as LoadReport;

describe('a change of the pack that fails', () => {
  it('has what it stopped run again', async () => {
    const asked: string[] = [];
    let told = 0;
    const fake = {
      subscribe: () => () => undefined,
      load: () => Promise.reject(new EngineError('manifest-invalid', 'It is none.')),
      open: () => Promise.resolve({ id: 'inner' as PictureId, size: PICTURE.size, format: 'jpeg', timings: {} }),
      // Answers when it is stopped, and never otherwise.
      run: (task: string, _picture: PictureId, _input: unknown, { signal }: { signal: AbortSignal }) => {
        asked.push(task);
        return new Promise((_, reject) => signal.addEventListener('abort', () => {
          told++;
          reject(new DOMException('Stopped.', 'AbortError'));
        }));
      },
    } as unknown as Engine;
    const app = createApp(new PageEngine(() => fake, {}));
    const { id } = await app.engine.open(new Blob(), { signal: new AbortController().signal });
    update(app, 'engine', { phase: 'ready', source: SOURCE, report: REPORT });
    update(app, 'task', { list: { preset: 'few', removed: [], own: [] } });
    update(app, 'library', { pictures: [{ ...PICTURE, engineId: id }], current: PICTURE.key });
    reconcile(app);
    expect(asked).toEqual(['panoptic']);
    expect(await changePack(app, OTHER)).toBe(false);
    await new Promise((resolve) => setTimeout(resolve));
    expect(told).toBe(1);
    expect(asked).toEqual(['panoptic', 'panoptic']);
    expect(app.store.getState().runs.running?.kind).toBe('see');
  });
});
