/** Pictures on their way: the last drop goes first, and earlier ones follow. */
import { describe, expect, it } from 'vitest';
import { Line } from './line.ts';

const ticks = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

describe('pictures on their way', () => {
  it('of a later drop go first, and those of the earlier follow', async () => {
    const told: (readonly string[])[] = [];
    const line = new Line((names) => told.push(names));
    const arrived: string[] = [];
    const drop = async (names: readonly string[], each: () => Promise<void>): Promise<void> => {
      const place = line.join(names);
      for (const name of names) {
        await place.turn();
        await each();
        arrived.push(name);
        place.passed();
      }
      place.leave();
    };
    const first = drop(['a', 'b', 'c'], ticks);
    const second = drop(['x', 'y'], ticks);
    await Promise.all([first, second]);
    // "a" was already being read.
    expect(arrived).toEqual(['a', 'x', 'y', 'b', 'c']);
    expect(told.at(-1)).toEqual([]);
    expect(told).toContainEqual(['b', 'c', 'y']);
  });

  it('come into view unless what came since is there', () => {
    const line = new Line(() => undefined);
    const [first, second, damaged] = [line.join(['a', 'b']), line.join(['x']), line.join(['damaged'])];
    expect(first.leads()).toBe(true);
    damaged.leave();
    expect(second.leads()).toBe(true);
    expect(first.leads()).toBe(false);
  });

  it('keep nobody waiting while they are being fetched', async () => {
    const line = new Line(() => undefined);
    const [here, fetched] = [line.join(['here']), line.join(['far away'])];
    await here.turn();
    await fetched.turn();
    const later = here.turn().then(() => 'its turn');
    expect(await Promise.race([later, ticks()])).toBeUndefined();
    fetched.leave();
    expect(await later).toBe('its turn');
  });

  it('do not arrive once all is stopped; what comes after does', async () => {
    let told: readonly string[] = [];
    const line = new Line((names) => (told = names));
    const [first, second] = [line.join(['a']), line.join(['b'])];
    await second.turn();
    const waiting = first.turn();
    line.stop();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
    expect(second.signal.aborted).toBe(true);
    expect(told).toEqual([]);
    const third = line.join(['c']);
    await third.turn();
    expect(third.signal.aborted).toBe(false);
  });
});
