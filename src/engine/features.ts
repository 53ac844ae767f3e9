/** What was computed of pictures: least recently used goes first when the budget is full. */
import type { Tensor } from './platform.ts';
import { disposeAll, tensorBytes } from './sessions.ts';
import type { Decoded } from '../tasks/head.ts';
import type { Geometry } from './picture/geometry.ts';

export interface Features {
  readonly geometry: Geometry;
  /** Outputs of the `image` graph, where its provider left them. */
  readonly tensors: Readonly<Record<string, Tensor>>;
  /** The base pass, once some task asked for it. */
  base: Decoded | null;
}

const bytesOf = (f: Features): number =>
  Object.values(f.tensors).reduce((sum, t) => sum + tensorBytes(t), 0) + (f.base ? f.base.masks.data.byteLength + f.base.embeddings.data.byteLength : 0);

export class FeatureCache {
  readonly budget: number;
  /** Insertion order is age: a hit is taken out and put back. */
  readonly #kept = new Map<string, Features>();

  constructor(budget: number) {
    this.budget = budget;
  }

  get(key: string): Features | null {
    const features = this.#kept.get(key);
    if (!features) return null;
    this.#kept.delete(key);
    this.#kept.set(key, features);
    return features;
  }

  /** Keeps the features and drops the oldest others until the budget holds; the newest always stays. */
  put(key: string, features: Features): void {
    this.#drop(key);
    this.#kept.set(key, features);
    this.trim();
  }

  /** Again within the budget, after features grew. */
  trim(): void {
    let total = this.bytes;
    for (const [key, features] of this.#kept) {
      if (total <= this.budget || this.#kept.size <= 1) return;
      total -= bytesOf(features);
      this.#drop(key);
    }
  }

  /** Everything of a picture: its keys start with this. */
  dropPicture(prefix: string): void {
    for (const key of this.#kept.keys()) if (key.startsWith(prefix)) this.#drop(key);
  }

  clear(): void {
    for (const key of this.#kept.keys()) this.#drop(key);
  }

  get bytes(): number {
    let sum = 0;
    for (const features of this.#kept.values()) sum += bytesOf(features);
    return sum;
  }

  #drop(key: string): void {
    const features = this.#kept.get(key);
    if (!features) return;
    this.#kept.delete(key);
    disposeAll(features.tensors);
  }
}
