/**
 * Opened pictures. The file is kept, its raw bytes are not: what stays of a picture is the small RGB copy that each of
 * the pack's input sizes needs. Only the newest is held decoded for a while: the first task takes its size from that at
 * once, and the other tasks' sizes are made when there is time.
 */
import type { OpenedPicture, PictureId } from '../api.ts';
import { EngineError } from '../errors.ts';
import type { Manifest } from '../pack/schema.ts';
import type { Box, Size } from '../../masks/types.ts';
import type { Timer } from '../timing.ts';
import { assertComplete } from './complete.ts';
import { assertSize, declaredSize, type Decoded, type PictureDecoder } from './decode.ts';
import { Geometry } from './geometry.ts';
import { partOf, type PixelRows, resizePicture } from './resize.ts';
import { formatOf, type PictureFormat } from './sniff.ts';

/** A picture at one of the pack's sizes. */
export interface Prepared {
  readonly geometry: Geometry;
  /** content.height x content.width x 3. */
  readonly rgb: Uint8Array;
}

interface Kept {
  readonly blob: Blob;
  readonly format: PictureFormat;
  readonly size: Size;
  readonly prepared: Map<string, Prepared>;
  /** Milliseconds spent on sizes that no request has used yet. */
  readonly ahead: Map<string, number>;
}

/** Bytes that small copies may take; a picture whose copies were dropped is decoded again when it is asked about. */
const COPIES = 64 * 1024 * 1024;

export class Shelf {
  readonly #decode: PictureDecoder;
  readonly #pictures = new Map<PictureId, Kept>();
  #newest: { readonly kept: Kept; readonly decoded: Decoded } | null = null;

  constructor(decode: PictureDecoder) {
    this.#decode = decode;
  }

  get count(): number {
    return this.#pictures.size;
  }

  /** In pixels, upright; undefined for a picture that is not open. */
  sizeOf(id: PictureId): Size | undefined {
    return this.#pictures.get(id)?.size;
  }

  /** Decodes. Call `settle` soon. @throws EngineError of stage decode */
  async open(id: PictureId, blob: Blob, manifest: Manifest | null, timer: Timer): Promise<Omit<OpenedPicture, 'timings'>> {
    const format = await formatOf(blob);
    const bytes = new Uint8Array(await blob.arrayBuffer());
    assertComplete(bytes, format);
    // Before it is decoded: browsers call damaged what is too large for them, or run out of memory on it.
    const declared = declaredSize(bytes);
    if (declared) assertSize(declared);
    const decoded = await timer.span('decode', () => this.#decode(blob, format));
    const size = { width: decoded.width, height: decoded.height };
    try {
      assertSize(size);
    } catch (error) {
      decoded.release();
      throw error;
    }
    this.settle(manifest);
    const kept: Kept = { blob, format, size, prepared: new Map(), ahead: new Map() };
    this.#pictures.set(id, kept);
    this.#newest = { kept, decoded };
    return { id, size, format };
  }

  /** Makes the sizes of the newest picture that no task has asked for yet, and lets its pixels go. */
  settle(manifest: Manifest | null): void {
    const newest = this.#newest;
    if (!newest) return;
    this.#newest = null;
    const { kept, decoded } = newest;
    try {
      for (const name of manifest ? usedSizes(manifest) : []) {
        if (!manifest || kept.prepared.has(sizeKey(manifest, name))) continue;
        const start = performance.now();
        this.#prepare(kept, decoded, manifest, name);
        kept.ahead.set(sizeKey(manifest, name), performance.now() - start);
      }
    } catch {
      // Made when it is wanted, and heard of then.
    } finally {
      decoded.release();
    }
  }

  /** The picture at a size of the pack; decoded again when it was opened before this pack was loaded. */
  async prepared(id: PictureId, manifest: Manifest, name: string, timer: Timer): Promise<Prepared> {
    const kept = this.#opened(id);
    const known = kept.prepared.get(sizeKey(manifest, name));
    if (known) {
      const spent = kept.ahead.get(sizeKey(manifest, name));
      if (spent !== undefined) timer.add('resize', spent);
      kept.ahead.delete(sizeKey(manifest, name));
      return known;
    }
    return this.#withPixels(kept, timer, (decoded) => this.#prepare(kept, decoded, manifest, name));
  }

  /** A part of the picture, in its pixels, at a size of the pack as if it were all of it. Nothing of it is kept. */
  async part(id: PictureId, part: Box, manifest: Manifest, name: string, timer: Timer): Promise<Prepared> {
    return this.#withPixels(this.#opened(id), timer, (decoded) => prepare(partOf(decoded, part), manifest, name));
  }

  #opened(id: PictureId): Kept {
    const kept = this.#pictures.get(id);
    if (!kept) throw new EngineError('picture-unknown', 'This picture is not open any more.');
    return kept;
  }

  async #withPixels(kept: Kept, timer: Timer, resize: (decoded: Decoded) => Prepared): Promise<Prepared> {
    const newest = this.#newest;
    if (newest?.kept === kept) return timer.span('resize', () => resize(newest.decoded));
    const decoded = await timer.span('decode', () => this.#decode(kept.blob, kept.format));
    try {
      return await timer.span('resize', () => resize(decoded));
    } finally {
      decoded.release();
    }
  }

  #prepare(kept: Kept, decoded: Decoded, manifest: Manifest, name: string): Prepared {
    const key = sizeKey(manifest, name);
    const made = kept.prepared.get(key) ?? prepare(decoded, manifest, name);
    kept.prepared.set(key, made);
    this.#trim(kept);
    return made;
  }

  /** Drops copies of the oldest pictures, but for one, until the rest fits. */
  #trim(but: Kept): void {
    const bytes = ({ prepared }: Kept): number => [...prepared.values()].reduce((sum, { rgb }) => sum + rgb.byteLength, 0);
    const all = [...this.#pictures.values()];
    let total = all.reduce((sum, kept) => sum + bytes(kept), 0);
    for (const kept of all) {
      if (total <= COPIES) return;
      if (kept === but) continue;
      total -= bytes(kept);
      kept.prepared.clear();
    }
  }

  close(id: PictureId): void {
    if (this.#newest && this.#newest.kept === this.#pictures.get(id)) this.#release();
    this.#pictures.delete(id);
  }

  clear(): void {
    this.#release();
    this.#pictures.clear();
  }

  #release(): void {
    this.#newest?.decoded.release();
    this.#newest = null;
  }
}

function prepare(pixels: PixelRows, manifest: Manifest, name: string): Prepared {
  const entry = manifest.sizes[name];
  if (!entry) throw new EngineError('manifest-invalid', `The pack has no input size "${name}".`);
  const geometry = Geometry.of(pixels, entry, manifest.preprocess.padMultiple);
  return { geometry, rgb: resizePicture(pixels, geometry.content, manifest.preprocess.resample) };
}

const usedSizes = (manifest: Manifest): Set<string> =>
  new Set(Object.values(manifest.tasks).flatMap((task) => (task.available ? [task.size] : [])));

/** Sizes of equal numbers share, whatever their names, also between packs. */
export const sizeKey = (manifest: Manifest, name: string): string =>
  JSON.stringify([manifest.sizes[name], manifest.preprocess.padMultiple, manifest.preprocess.resample]);
