import { beforeEach, describe, expect, it } from 'vitest';
import type { Engine, PictureId } from '../engine/api.ts';
import { createApp, update, type App } from './app.ts';
import { closePicture, editSelection, redo, undo } from './edit.ts';
import { show } from './flow/open.ts';
import { forgetResults } from './flow/packs/forget-results.ts';
import { PageEngine } from './page-engine.ts';
import type { Picture, PictureKey } from './slices/library.ts';

const [A, B] = ['a' as PictureKey, 'b' as PictureKey];
const picture = (key: PictureKey): Picture => ({ key, name: `${key}.jpg`, size: { width: 2, height: 2 }, format: 'jpeg', url: '', engineId: key as string as PictureId, timings: {} });
/** No edit asks the engine. */
const NO_ENGINE = { subscribe: () => () => undefined } as unknown as Engine;

let app: App;
const current = (): PictureKey | null => app.store.getState().library.current;
const picked = (): readonly number[] => app.store.getState().selection.picked;
const pick = (...ids: number[]): void => editSelection(app, { picked: ids });

beforeEach(() => {
  app = createApp(new PageEngine(() => NO_ENGINE, {}));
  update(app, 'library', { pictures: [picture(A), picture(B)] });
  show(app, A);
});

describe('undo and redo over two pictures', () => {
  it('brings back an edit of the picture that is not in view', () => {
    pick(1);
    show(app, B);
    undo(app);
    expect([current(), picked()]).toEqual([A, []]);
    redo(app);
    expect([current(), picked()]).toEqual([A, [1]]);
    undo(app);
    expect(picked()).toEqual([]);
  });

  it('goes back and forth through edits of both', () => {
    pick(1);
    show(app, B);
    pick(2);
    undo(app);
    undo(app);
    expect([current(), picked()]).toEqual([A, []]);
    redo(app);
    expect([current(), picked()]).toEqual([A, [1]]);
    redo(app);
    expect([current(), picked()]).toEqual([B, [2]]);
  });

  it('closes a picture again that was had back, and leaves the other as it was', () => {
    show(app, B);
    pick(2);
    closePicture(app, A);
    undo(app);
    expect(app.store.getState().library.pictures.map(({ key }) => key)).toEqual([A, B]);
    redo(app);
    expect(app.store.getState().library.pictures.map(({ key }) => key)).toEqual([B]);
    expect([current(), picked()]).toEqual([B, [2]]);
  });

  it('has no marks left once another pack has other regions', () => {
    pick(1);
    show(app, B);
    pick(2);
    forgetResults(app);
    show(app, A);
    expect(picked()).toEqual([]);
    undo(app);
    expect([current(), picked()]).toEqual([B, []]);
  });
});
