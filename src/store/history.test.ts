import { describe, expect, it } from 'vitest';
import { History, type Edit } from './history.ts';
import { nothingMarked } from './slices/selection.ts';
import type { PictureKey } from './slices/library.ts';

const edit = (threshold: number, picture = 'p1'): Edit => ({ list: null, picture: picture as PictureKey, closed: [], marked: nothingMarked, shown: { threshold, opacity: 1, detail: 1 } });
const at = (found: Edit | null): number | undefined => found?.shown.threshold;

describe('history', () => {
  it('goes back and forth, and forgets what was undone when something else is done', () => {
    const history = new History();
    history.record(edit(1));
    history.record(edit(2));
    expect(at(history.undo(() => edit(3)))).toBe(2);
    expect(at(history.undo(() => edit(2)))).toBe(1);
    expect(history.canUndo).toBe(false);
    expect(at(history.redo(() => edit(1)))).toBe(2);
    history.record(edit(2));
    expect(history.canRedo).toBe(false);
  });

  it('counts a gesture once, until it is over', () => {
    const history = new History();
    for (const v of [1, 2, 3]) history.record(edit(v), 'threshold');
    history.seal();
    history.record(edit(4), 'threshold');
    expect(at(history.undo(() => edit(5)))).toBe(4);
    expect(at(history.undo(() => edit(4)))).toBe(1);
    expect(history.undo(() => edit(1))).toBeNull();
  });

  it('is bounded', () => {
    const history = new History();
    for (let v = 0; v < 250; v++) history.record(edit(v));
    let steps = 0;
    while (history.undo(() => edit(-1))) steps++;
    expect(steps).toBe(100);
  });

  it('forgets a picture that is closed', () => {
    const history = new History();
    history.record(edit(1, 'p1'));
    history.record(edit(2, 'p2'));
    history.forget('p2' as PictureKey);
    expect(at(history.undo(() => edit(3)))).toBe(1);
  });
});
