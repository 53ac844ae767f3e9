/**
 * Undo and redo over what the person edits: names, selection, regions, the sliders that decide what is shown, and which pictures are closed.
 * Entries are snapshots of immutable values, so an entry costs a few references. Selecting another picture is no edit.
 */
import type { NameList } from './names.ts';
import type { PictureKey } from './slices/library.ts';
import { nothingMarked, type Marked } from './slices/selection.ts';
import type { ViewSlice } from './slices/view.ts';

export type Shown = Pick<ViewSlice, 'threshold' | 'opacity' | 'detail'>;

export interface Edit {
  readonly list: NameList | null;
  readonly picture: PictureKey | null;
  /** Pictures that are closed and can be had back. */
  readonly closed: readonly PictureKey[];
  readonly marked: Marked;
  readonly shown: Shown;
}

const LIMIT = 100;

export class History {
  #past: Edit[] = [];
  #future: Edit[] = [];
  #gesture: string | null = null;

  /**
   * Remembers the state before an edit; a new edit forgets what was undone.
   *
   * @param gesture edits that follow each other in one gesture, such as a drag of a slider, are one entry
   */
  record(before: Edit, gesture: string | null = null): void {
    const goesOn = gesture !== null && gesture === this.#gesture;
    this.#gesture = gesture;
    if (goesOn) return;
    this.#past.push(before);
    if (this.#past.length > LIMIT) this.#past.shift();
    this.#future = [];
  }

  /** The gesture is over: the next edit of its kind is another entry. */
  seal(): void {
    this.#gesture = null;
  }

  /** @param opposite what goes back to where we are from an edit */
  undo(opposite: (edit: Edit) => Edit): Edit | null {
    return this.#step(this.#past, this.#future, opposite);
  }

  /** @param opposite as for `undo` */
  redo(opposite: (edit: Edit) => Edit): Edit | null {
    return this.#step(this.#future, this.#past, opposite);
  }

  /** Edits of a picture that is gone can't be gone back to. */
  forget(picture: PictureKey): void {
    const stays = (edit: Edit): boolean => edit.picture !== picture;
    this.#past = this.#past.filter(stays);
    this.#future = this.#future.filter(stays);
  }

  /** Region numbers mean nothing to another pack's results: what was marked by them is let go, the edits stay. */
  forgetMarks(): void {
    const without = (edit: Edit): Edit => ({ ...edit, marked: nothingMarked });
    this.#past = this.#past.map(without);
    this.#future = this.#future.map(without);
  }

  /** It came back by another way than undoing: no step is to close it once more. */
  reopened(picture: PictureKey): void {
    const without = (edit: Edit): Edit => ({ ...edit, closed: edit.closed.filter((key) => key !== picture) });
    this.#past = this.#past.map(without);
    this.#future = this.#future.map(without);
  }

  #step(from: Edit[], to: Edit[], opposite: (edit: Edit) => Edit): Edit | null {
    this.#gesture = null;
    const edit = from.pop();
    if (!edit) return null;
    to.push(opposite(edit));
    return edit;
  }

  get canUndo(): boolean {
    return this.#past.length > 0;
  }

  get canRedo(): boolean {
    return this.#future.length > 0;
  }
}
