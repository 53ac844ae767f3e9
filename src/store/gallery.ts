/** What the gallery holds outside the state: files, vectors, threads, rows of the index that were looked at. */
import { createThreads } from '../gallery/index.ts';
import { FetchedPictures } from '../gallery/fetched.ts';
import { outsideFetch } from '../outside/fetch.ts';
import { KeptGallery } from '../gallery/kept.ts';
import type { RowBlock } from '../gallery/parquet/read.ts';
import type { Digest } from '../gallery/thumbnail.ts';
import type { Item, ItemId } from './slices/gallery.ts';

/** What is known of a picture once it was read. */
export interface Reading extends Digest {
  readonly halves: Uint16Array<ArrayBuffer>;
}

export interface TakenOut {
  readonly item: Item;
  /** Its place, among those that were there then. */
  readonly at: number;
  readonly among: readonly Item[];
  readonly file: File | undefined;
  /** What was taken out at once comes back at once; null when it no longer can. */
  readonly batch: number | null;
}

export class GalleryShelf {
  readonly threads = createThreads();
  readonly files = new Map<ItemId, File>();
  readonly readings = new Map<ItemId, Reading>();
  /** Of files that were looked at but not read yet. */
  readonly digests = new Map<ItemId, Digest>();
  readonly looking = new Map<ItemId, Promise<Digest>>();
  /** Sentences and their vectors, of the pack that is loaded. */
  readonly sentences = new Map<string, Float32Array>();
  /** Pictures of the index that the person gave, by path. */
  readonly granted = new Map<string, File>();
  readonly kept = new KeptGallery();
  /** Keys of what is kept already. */
  readonly written = new Set<string>();
  /** What was taken out: its vectors stay with the threads, and answers pass it over. */
  readonly out = new Map<ItemId, TakenOut>();
  readonly fetched = new FetchedPictures((url) => outsideFetch(url));
  readonly #blocks = new Map<number, RowBlock>();
  readonly #asked = new Set<number>();
  /** Pack whose vectors these are. */
  packHash = '';
  /** Pack whose kept pictures were brought back last. */
  restored = '';

  constructor() {
    // The vectors went with the threads: they are taken in anew before the next search.
    this.threads.onDeath = () => {
      this.packHash = '';
    };
  }

  block(group: number): RowBlock | undefined {
    return this.#blocks.get(group);
  }

  /** Whether the group's rows have to be fetched now; true once only. */
  wants(group: number): boolean {
    if (this.#asked.has(group)) return false;
    this.#asked.add(group);
    return true;
  }

  /** It could not be had: asked again when it is looked at next. */
  wantAgain(group: number): void {
    this.#asked.delete(group);
  }

  putBlock(group: number, block: RowBlock): void {
    this.#blocks.set(group, block);
    for (const old of [...this.#blocks.keys()].slice(0, -KEPT_BLOCKS)) {
      this.#blocks.delete(old);
      this.#asked.delete(old);
    }
  }

  forgetIndex(): void {
    this.#blocks.clear();
    this.#asked.clear();
    this.granted.clear();
    this.fetched.clear();
  }
}

/** Some hundred thousand paths. */
const KEPT_BLOCKS = 24;
