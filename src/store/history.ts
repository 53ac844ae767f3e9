/**
 * Undo and redo over what the person edits: names and selection. Entries are snapshots of immutable slices, so an
 * entry costs a few references. Selecting another picture is no edit; selections of other pictures are left alone.
 */
import type { NameList } from './names.ts';
import type { PictureKey } from './slices/library.ts';
import type { Stroke } from './slices/selection.ts';

export interface Edit {
  readonly list: NameList | null;
  readonly picture: PictureKey | null;
  readonly picked: readonly number[];
  readonly strokes: readonly Stroke[];
}

const LIMIT = 100;

export class History {
  #past: Edit[] = [];
  #future: Edit[] = [];

  /** Remembers the state before an edit; a new edit forgets what was undone. */
  record(before: Edit): void {
    this.#past.push(before);
    if (this.#past.length > LIMIT) this.#past.shift();
    this.#future = [];
  }

  undo(now: Edit): Edit | null {
    const back = this.#past.pop();
    if (!back) return null;
    this.#future.push(now);
    return back;
  }

  redo(now: Edit): Edit | null {
    const forth = this.#future.pop();
    if (!forth) return null;
    this.#past.push(now);
    return forth;
  }

  get canUndo(): boolean {
    return this.#past.length > 0;
  }

  get canRedo(): boolean {
    return this.#future.length > 0;
  }
}
