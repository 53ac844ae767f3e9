/** The gallery between visits: thumbnails and vectors in IndexedDB, under a byte budget. Never the pictures themselves. */
import { deleteDB, openDB, type DBSchema, type IDBPDatabase } from 'idb';

export interface KeptPicture {
  /** Path, size and time of change: tells the same file when its folder is given again. */
  readonly key: string;
  readonly path: string;
  readonly bytes: number;
  readonly modified: number;
  readonly width: number;
  readonly height: number;
  readonly sha256: string;
  /** Pack that made the vector. */
  readonly packHash: string;
  readonly halves: Uint16Array<ArrayBuffer>;
  readonly thumb: Blob | null;
}

/** Some twenty thousand pictures. */
export const KEPT_BUDGET = 256 * 2 ** 20;

export const keyOf = ({ path, bytes, modified }: Pick<KeptPicture, 'path' | 'bytes' | 'modified'>): string => `${path}|${bytes}|${modified}`;

export const keptBytes = ({ halves, thumb }: Pick<KeptPicture, 'halves' | 'thumb'>): number => halves.byteLength + (thumb?.size ?? 0) + 256;

interface Schema extends DBSchema {
  pictures: { key: string; value: KeptPicture };
}

const NAME = 'xdecoder-gallery';

export class KeptGallery {
  #db: Promise<IDBPDatabase<Schema>> | null = null;

  async all(): Promise<KeptPicture[]> {
    return (await this.#opened()).getAll('pictures');
  }

  async put(pictures: readonly KeptPicture[]): Promise<void> {
    const transaction = (await this.#opened()).transaction('pictures', 'readwrite');
    await Promise.all([...pictures.map((picture) => transaction.store.put(picture)), transaction.done]);
  }

  async drop(keys: readonly string[]): Promise<void> {
    const transaction = (await this.#opened()).transaction('pictures', 'readwrite');
    await Promise.all([...keys.map((key) => transaction.store.delete(key)), transaction.done]);
  }

  async clear(): Promise<void> {
    await this.#letGo();
    await deleteDB(NAME);
  }

  async #letGo(): Promise<void> {
    const open = this.#db;
    this.#db = null;
    (await open?.catch(() => null))?.close();
  }

  #opened(): Promise<IDBPDatabase<Schema>> {
    this.#db ??= openDB<Schema>(NAME, 1, {
      upgrade: (db) => void db.createObjectStore('pictures', { keyPath: 'key' }),
      // Another tab deletes it, and would wait for ever.
      blocking: () => void this.#letGo(),
    });
    // A storage that is refused now may be given later.
    this.#db.catch(() => {
      this.#db = null;
    });
    return this.#db;
  }
}
