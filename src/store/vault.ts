/**
 * Typed arrays, kept out of the state: masks by result id, and the outlines traced from them.
 * The oldest go when the budget is spent; the state then finds no arrays and asks again.
 */
import type { Outlines } from '../outline/types.ts';
import type { Size } from '../masks/types.ts';
import type { ResultId } from './slices/runs.ts';

export interface Regions {
  readonly size: Size;
  /** Region of every pixel, 0 = none. A single found mask is region 1. */
  readonly ids: Uint16Array;
  readonly count: number;
}

const BUDGET = 96 * 2 ** 20;

export class Vault {
  readonly #regions = new Map<ResultId, Regions>();
  readonly #outlines = new Map<ResultId, Outlines>();
  #serial = 0;

  put(regions: Regions): ResultId {
    const id = `r${++this.#serial}` as ResultId;
    this.#regions.set(id, regions);
    let bytes = 0;
    for (const kept of this.#regions.values()) bytes += kept.ids.byteLength;
    for (const [old, kept] of this.#regions) {
      if (bytes <= BUDGET || old === id) break;
      bytes -= kept.ids.byteLength;
      this.drop(old);
    }
    return id;
  }

  regions(id: ResultId): Regions | undefined {
    return this.#regions.get(id);
  }

  outlines(id: ResultId): Outlines | undefined {
    return this.#outlines.get(id);
  }

  putOutlines(id: ResultId, outlines: Outlines): void {
    if (this.#regions.has(id)) this.#outlines.set(id, outlines);
  }

  drop(id: ResultId): void {
    this.#regions.delete(id);
    this.#outlines.delete(id);
  }
}
