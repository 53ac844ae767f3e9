import { describe, expect, it } from 'vitest';
import { JobQueue } from './queue.ts';

const never = new AbortController().signal;
const gate = (): { open: () => void; wait: Promise<void> } => {
  let open = (): void => {};
  const wait = new Promise<void>((resolve) => (open = resolve));
  return { open, wait };
};
const name = (reason: unknown): string => (reason instanceof Error || reason instanceof DOMException ? reason.name : String(reason));

describe('job queue', () => {
  it('runs one job at a time, in order', async () => {
    const queue = new JobQueue();
    const log: string[] = [];
    let inside = 0;
    const job = (id: string) => queue.add(async () => {
      expect(++inside).toBe(1);
      await Promise.resolve();
      log.push(id);
      inside--;
    }, { signal: never });
    await Promise.all([job('a'), job('b'), job('c')]);
    expect(log).toEqual(['a', 'b', 'c']);
  });

  it('a failure does not block or colour the next', async () => {
    const queue = new JobQueue();
    const bad = queue.add(() => Promise.reject(new Error('broken')), { signal: never });
    const good = queue.add(async () => 7, { signal: never });
    await expect(bad).rejects.toThrow('broken');
    await expect(good).resolves.toBe(7);
  });

  it('the newest of a name wins over one that waits and one that runs', async () => {
    const queue = new JobQueue();
    const { open, wait } = gate();
    let seen: AbortSignal | undefined;
    const first = queue.add(async (signal) => { seen = signal; await wait; return 1; }, { signal: never, replaces: 'run' }).catch(name);
    const second = queue.add(async () => 2, { signal: never, replaces: 'run' }).catch(name);
    const third = queue.add(async () => 3, { signal: never, replaces: 'run' });
    expect(await first).toBe('AbortError');
    expect(await second).toBe('AbortError');
    expect(seen?.aborted).toBe(true);
    open();
    expect(await third).toBe(3);
  });

  it('an aborted job that waits never starts', async () => {
    const queue = new JobQueue();
    const { open, wait } = gate();
    const controller = new AbortController();
    let started = false;
    const first = queue.add(() => wait, { signal: never });
    const second = queue.add(async () => { started = true; }, { signal: controller.signal }).catch(name);
    controller.abort();
    expect(await second).toBe('AbortError');
    open();
    await first;
    await queue.add(async () => undefined, { signal: never });
    expect(started).toBe(false);
  });

  it('foreground goes before background', async () => {
    const queue = new JobQueue();
    const { open, wait } = gate();
    const log: string[] = [];
    const jobs = [
      queue.add(() => wait, { signal: never }),
      queue.add(async () => { log.push('index'); }, { signal: never, lane: 'background' }),
      queue.add(async () => { log.push('person'); }, { signal: never }),
    ];
    open();
    await Promise.all(jobs);
    expect(log).toEqual(['person', 'index']);
  });
});
