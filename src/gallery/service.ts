/** What a gallery thread does: keeps part of the vectors and searches them, reads and writes indexes, makes thumbnails. */
import { transfer } from 'comlink';
import { asEngineError, EngineError, type PlainError } from '../engine/errors.ts';
import { OpenIndex, type IndexReport, type RowBlock, type RowDetails } from './parquet/read.ts';
import type { IndexMeta, IndexRow } from './parquet/schema.ts';
import type { IndexSource } from './parquet/source.ts';
import { writeIndex } from './parquet/write.ts';
import type { Found } from './scan/best.ts';
import { VectorRows } from './scan/rows.ts';
import { digest, type Digest } from './thumbnail.ts';

/** The person's own pictures, and the index that is open. */
export type SetName = 'own' | 'index';

/** Errors keep their code on the way between threads only as plain data. */
export interface Outcome<T> {
  readonly value?: T;
  readonly error?: PlainError;
}

const settled = async <T>(work: () => Promise<T>): Promise<Outcome<T>> => {
  try {
    return { value: await work() };
  } catch (error) {
    return { error: asEngineError(error, 'index-invalid', 'The index could not be read', { stage: 'index' }).toPlain() };
  }
};

const handed = (found: Found): Found => transfer(found, [found.ids.buffer, found.scores.buffer]);

export class GalleryService {
  readonly #sets = new Map<SetName, VectorRows>();
  #index: { readonly file: OpenIndex; readonly serial: number } | null = null;

  reset(set: SetName, dim: number): void {
    this.#sets.set(set, new VectorRows(dim));
  }

  clear(set: SetName): void {
    this.#sets.delete(set);
    if (set === 'index') this.#index = null;
  }

  add(set: SetName, ids: Uint32Array, halves: Uint16Array): void {
    this.#sets.get(set)?.add(ids, halves);
  }

  search(set: SetName, query: Float32Array, most: number): Found {
    return handed(this.#sets.get(set)?.search(query, most) ?? NOTHING());
  }

  exact(set: SetName, query: Float32Array, most: number): Found {
    return handed(this.#sets.get(set)?.exact(query, most) ?? NOTHING());
  }

  vector(set: SetName, id: number): Float32Array<ArrayBuffer> | null {
    return this.#sets.get(set)?.vector(id) ?? null;
  }

  /** @param serial tells it from those opened before and after */
  openIndex(source: IndexSource, serial: number): Promise<Outcome<IndexReport>> {
    return settled(async () => {
      const file = await OpenIndex.open(source);
      this.#index = { file, serial };
      this.reset('index', file.report.meta.dim);
      return file.report;
    });
  }

  /** Takes these groups' vectors in; tells after each how many rows that were. Stops quietly when another index is opened. */
  loadGroups(serial: number, groups: readonly number[], onRows: (rows: number) => void): Promise<Outcome<null>> {
    const index = this.#index?.serial === serial ? this.#index : null;
    return settled(async () => {
      for (const at of groups) {
        const group = index?.file.report.groups[at];
        if (!index || !group || index !== this.#index) return null;
        const halves = await index.file.halves(group);
        if (index !== this.#index) return null;
        this.add('index', Uint32Array.from({ length: group.rows }, (_, i) => group.first + i), halves);
        onRows(group.rows);
      }
      return null;
    });
  }

  rows(group: number): Promise<Outcome<RowBlock>> {
    return settled(() => this.#opened().rows(this.#group(group)));
  }

  details(group: number, row: number): Promise<Outcome<RowDetails>> {
    return settled(() => this.#opened().details(this.#group(group), row));
  }

  writeIndex(meta: IndexMeta, rows: readonly IndexRow[]): Promise<Outcome<ArrayBuffer>> {
    return settled(async () => writeIndex(meta, rows));
  }

  digest(file: Blob): Promise<Digest> {
    return digest(file);
  }

  #opened(): OpenIndex {
    if (!this.#index) throw new EngineError('index-invalid', 'No index is open.');
    return this.#index.file;
  }

  #group(at: number): IndexReport['groups'][number] {
    const group = this.#opened().report.groups[at];
    if (!group) throw new EngineError('index-invalid', `The index has no row group ${at}.`);
    return group;
  }
}

const NOTHING = (): Found => ({ ids: new Uint32Array(0), scores: new Float32Array(0) });

