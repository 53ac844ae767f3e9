/** The page's half against workers that die. The workers are made up; what they are asked and told is real. */
import { describe, expect, it } from 'vitest';
import type { EngineEvent } from './api.ts';
import { EngineClient } from './client.ts';
import type { FromWorker, ToWorker } from './protocol.ts';

type Call = Extract<ToWorker, { kind: 'call' }>;

/** Answers every call but those it is told to keep; knows nothing of pictures that it did not open. */
class MadeUp extends EventTarget {
  readonly asked: string[] = [];
  readonly die: Promise<void>;
  kill: () => void = () => undefined;
  readonly #keeps: readonly string[];
  /** Once each. */
  readonly #refuses: Set<string>;
  #pictures = 0;

  constructor(keeps: readonly string[]) {
    super();
    this.#keeps = keeps;
    this.#refuses = new Set(keeps.flatMap((name) => (name.startsWith('!') ? name.slice(1) : [])));
    this.die = new Promise((resolve) => (this.kill = resolve));
  }

  postMessage(message: ToWorker): void {
    if (message.kind === 'cancel') return;
    const { id, name } = message;
    this.asked.push(name);
    if (this.#refuses.delete(name)) {
      const error = { code: 'network', stage: 'download', message: 'It is gone.', advice: 'Look for it.' } as const;
      queueMicrotask(() => this.dispatchEvent(new MessageEvent('message', { data: { kind: 'throw', id, error } satisfies FromWorker })));
      return;
    }
    if (!this.#keeps.includes(message.name)) queueMicrotask(() => this.#answer(message));
  }

  terminate(): void {
    this.kill();
  }

  #answer({ id, name }: Call): void {
    const values: Partial<Record<Call['name'], unknown>> = { open: { id: `picture-${++this.#pictures}`, size: { width: 2, height: 2 }, format: 'png', timings: {} }, run: { task: 'caption', output: {}, timings: {}, graphs: [] } };
    this.dispatchEvent(new MessageEvent('message', { data: { kind: 'return', id, name, value: values[name] ?? null } as FromWorker }));
  }
}

/** @param keeps what each worker, in order, does not answer; with `!` before it, what it refuses the first time */
function clientOf(...keeps: readonly (readonly string[])[]) {
  const workers: MadeUp[] = [];
  const events: EngineEvent[] = [];
  const client = new EngineClient(
    {
      spawn: () => {
        const worker = new MadeUp(keeps[workers.length] ?? []);
        workers.push(worker);
        return worker as unknown as Worker;
      },
      convert: async (picture) => picture,
      served: () => false,
      lifeline: () => {
        const mine = workers.at(-1);
        return { name: 'life', gone: () => mine?.die ?? Promise.resolve() };
      },
    },
    {},
  );
  client.subscribe((event) => events.push(event));
  return { client, workers, events };
}

const signal = new AbortController().signal;
const source = { kind: 'files', name: 'pack', files: new Map<string, Blob>() } as const;
const ticks = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 10));

describe('a worker that dies', () => {
  it('without a word is replaced, gets pack and pictures, and the request is repeated', async () => {
    const { client, workers, events } = clientOf(['run']);
    await client.load(source, { signal });
    const { id } = await client.open(new Blob(['x']), { signal });
    const run = client.run('caption', id, {}, { signal });
    await ticks();
    workers[0]?.kill();
    await expect(run).resolves.toMatchObject({ task: 'caption' });
    expect(workers[1]?.asked).toEqual(['start', 'load', 'open', 'run']);
    expect(events).toMatchObject([{ type: 'lost', recovering: true }]);
  });

  it('twice in a row is an error with advice, and a third worker stands ready', async () => {
    const { client, workers, events } = clientOf(['run'], ['run']);
    await client.load(source, { signal });
    const { id } = await client.open(new Blob(['x']), { signal });
    const run = client.run('caption', id, {}, { signal });
    await ticks();
    workers[0]?.kill();
    await ticks();
    workers[1]?.kill();
    await expect(run).rejects.toMatchObject({ code: 'worker-crashed', stage: 'worker', advice: expect.stringMatching(/\w/) });
    await expect(client.run('caption', id, {}, { signal })).resolves.toMatchObject({ task: 'caption' });
    expect(events.map((e) => e.type === 'lost' && e.recovering)).toEqual([true, false]);
    expect(workers).toHaveLength(3);
  });

  it('and a picture whose file is gone: the others stay themselves, that one is to be opened again', async () => {
    const { client, workers } = clientOf(['run'], ['!open']);
    await client.load(source, { signal });
    const gone = await client.open(new Blob(['gone']), { signal });
    const { id } = await client.open(new Blob(['x']), { signal });
    const run = client.run('caption', id, {}, { signal });
    await ticks();
    workers[0]?.kill();
    await expect(run).resolves.toMatchObject({ task: 'caption' });
    await expect(client.run('caption', gone.id, {}, { signal })).rejects.toMatchObject({ code: 'picture-unknown' });
    // The picture that is opened next is neither of them.
    const next = await client.open(new Blob(['y']), { signal });
    expect([gone.id, id]).not.toContain(next.id);
    expect(workers[1]?.asked).toEqual(['start', 'load', 'open', 'open', 'run', 'open']);
  });

  it('and a pack that can’t be had again: the next request tries once more', async () => {
    const { client, workers } = clientOf(['run'], ['!load']);
    await client.load(source, { signal });
    const { id } = await client.open(new Blob(['x']), { signal });
    const run = client.run('caption', id, {}, { signal });
    await ticks();
    workers[0]?.kill();
    await expect(run).rejects.toMatchObject({ code: 'network' });
    await expect(client.run('caption', id, {}, { signal })).resolves.toMatchObject({ task: 'caption' });
    expect(workers[2]?.asked).toEqual(['start', 'load', 'open', 'run']);
  });

  it('while it is started again does not hold back a request for ever', async () => {
    const { client, workers } = clientOf(['run'], ['load']);
    await client.load(source, { signal });
    const { id } = await client.open(new Blob(['x']), { signal });
    const run = client.run('caption', id, {}, { signal });
    await ticks();
    workers[0]?.kill();
    await ticks();
    workers[1]?.kill();
    await expect(run).rejects.toMatchObject({ code: 'worker-crashed' });
  });

  it('of being started is not started again until something is asked', async () => {
    const dead = ['load'];
    const { client, workers, events } = clientOf([], dead, dead, []);
    await client.load(source, { signal });
    const { id } = await client.open(new Blob(['x']), { signal });
    workers[0]?.kill();
    await ticks();
    workers[1]?.kill();
    await ticks();
    expect(workers).toHaveLength(2);
    const run = client.run('caption', id, {}, { signal });
    await ticks();
    workers[2]?.kill();
    await expect(run).rejects.toMatchObject({ code: 'worker-crashed' });
    await ticks();
    expect(workers).toHaveLength(3);
    expect(events.map((e) => e.type === 'lost' && e.recovering)).toEqual([true, false, false]);
    // It had everything, and the next one has it again.
    await expect(client.run('caption', id, {}, { signal })).resolves.toMatchObject({ task: 'caption' });
    expect(workers[3]?.asked).toEqual(['start', 'load', 'open', 'run']);
  });

  it('after the engine was closed is nobody’s business', async () => {
    const { client, workers, events } = clientOf();
    await client.load(source, { signal });
    client.dispose();
    await ticks();
    expect(workers).toHaveLength(1);
    expect(events).toEqual([]);
    await expect(client.load(source, { signal })).rejects.toMatchObject({ code: 'disposed' });
  });

  it('and a picture that opened after it was cancelled is closed, for nobody else would', async () => {
    const { client, workers } = clientOf([]);
    const stop = new AbortController();
    const opening = client.open(new Blob(['x']), { signal: stop.signal });
    await Promise.resolve();
    stop.abort();
    await expect(opening).rejects.toMatchObject({ name: 'AbortError' });
    await ticks();
    expect(workers[0]?.asked).toEqual(['start', 'open', 'close']);
  });

  it('does not revive a request that was cancelled', async () => {
    const { client, workers } = clientOf(['run']);
    await client.load(source, { signal });
    const { id } = await client.open(new Blob(['x']), { signal });
    const stop = new AbortController();
    const run = client.run('caption', id, {}, { signal: stop.signal });
    await ticks();
    stop.abort();
    await expect(run).rejects.toMatchObject({ name: 'AbortError' });
    workers[0]?.kill();
    await ticks();
    expect(workers[1]?.asked).not.toContain('run');
  });
});
