import { describe, expect, it } from 'vitest';
import type { Engine, EngineOptions, LoadReport, OpenedPicture, PackSource, PictureId, TaskRun } from '../engine/api.ts';
import { EngineError } from '../engine/errors.ts';
import { PageEngine } from './page-engine.ts';

const SOURCE: PackSource = { kind: 'url', manifest: '/m.json' };
const options = { signal: new AbortController().signal };

/** An engine that answers with its own name, opens pictures under numbers of its own, and holds runs until it is told. */
class Fake {
  readonly files = new Map<string, Blob>();
  readonly #name: string;
  readonly #refuses: boolean;
  #held: ((error: unknown) => void)[] = [];
  #serial = 0;
  disposed = false;
  holds = false;

  constructor({ providers }: EngineOptions) {
    this.#name = providers?.[0] ?? 'auto';
    this.#refuses = this.#name === 'webgpu';
  }

  load = (): Promise<LoadReport> => (this.#refuses ? Promise.reject(new EngineError('no-device', 'There is none.')) : Promise.resolve({ name: this.#name } as LoadReport));
  open = (file: Blob): Promise<OpenedPicture> => {
    if (file.type === 'gone' && this.#name !== 'auto') return Promise.reject(new EngineError('picture-damaged', 'It can not be read.'));
    const id = `${this.#name}${++this.#serial}` as PictureId;
    this.files.set(id, file);
    return Promise.resolve({ id, size: { width: 1, height: 1 }, format: 'png', timings: {} });
  };
  run = (_: unknown, picture: PictureId): Promise<TaskRun<'caption'>> => {
    if (this.holds) return new Promise((_resolve, reject) => this.#held.push(reject));
    if (!this.files.has(picture)) return Promise.reject(new EngineError('picture-unknown', 'Not open.'));
    return Promise.resolve({ task: 'caption', output: { text: this.#name, tokenIds: [], score: 0 }, timings: {}, graphs: [] });
  };
  close = (picture: PictureId): Promise<void> => {
    this.files.delete(picture);
    return Promise.resolve();
  };
  subscribe = (): (() => void) => () => undefined;
  dispose = (): void => {
    this.disposed = true;
    for (const reject of this.#held) reject(new EngineError('disposed', 'The engine was closed.'));
  };
}

function page(): { engine: PageEngine; made: Fake[] } {
  const made: Fake[] = [];
  const engine = new PageEngine((wanted) => {
    const fake = new Fake(wanted);
    made.push(fake);
    return fake as unknown as Engine;
  }, {});
  return { engine, made };
}

const says = async (engine: PageEngine, picture: PictureId): Promise<string> => (await engine.run('caption', picture, {}, options)).output.text;

describe('the engine of the page', () => {
  it('keeps the ids of pictures when another engine takes over', async () => {
    const { engine, made } = page();
    const { id: a } = await engine.open(new Blob(['a']), options);
    const { id: b } = await engine.open(new Blob(['b']), options);
    await engine.close(a);
    expect(await engine.change({ providers: ['wasm'] }, SOURCE, options)).toMatchObject({ name: 'wasm' });
    expect(made.map((m) => m.disposed)).toEqual([true, false]);
    expect(await says(engine, b)).toBe('wasm');
    await expect(says(engine, a)).rejects.toMatchObject({ code: 'picture-unknown' });
    const { id: c } = await engine.open(new Blob(['c']), options);
    expect(new Set([a, b, c]).size).toBe(3);
    await engine.close(b);
    expect(made[1]?.files.size).toBe(1);
  });

  it('changes all the same when a file can not be read again, which only that picture feels', async () => {
    const { engine, made } = page();
    const { id: gone } = await engine.open(new Blob(['a'], { type: 'gone' }), options);
    const { id: there } = await engine.open(new Blob(['b']), options);
    await engine.change({ providers: ['wasm'] }, SOURCE, options);
    expect(await says(engine, there)).toBe('wasm');
    await expect(says(engine, gone)).rejects.toMatchObject({ code: 'picture-unknown', message: /changed/ });
    await engine.close(gone);
    expect(made[1]?.files.size).toBe(1);
  });

  it('goes on as before when the other one fails', async () => {
    const { engine, made } = page();
    const { id } = await engine.open(new Blob(['a']), options);
    await expect(engine.change({ providers: ['webgpu'] }, SOURCE, options)).rejects.toMatchObject({ code: 'no-device' });
    expect(made.map((m) => m.disposed)).toEqual([false, true]);
    expect(await says(engine, id)).toBe('auto');
  });

  it('asks the new one what the old one left unanswered', async () => {
    const { engine, made } = page();
    const { id } = await engine.open(new Blob(['a']), options);
    if (made[0]) made[0].holds = true;
    const answer = says(engine, id);
    await engine.change({ providers: ['wasm'] }, SOURCE, options);
    expect(await answer).toBe('wasm');
  });
});
