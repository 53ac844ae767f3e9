/**
 * COCO run-length code: runs down the columns, zeros first, compressed to a string as pycocotools does.
 *
 * Each run is written as its difference from the run two before (from the third on), in groups of five bits with a
 * continuation bit, offset by 48.
 */
import type { Mask, Size } from './types.ts';

export interface Rle {
  /** height, width */
  readonly size: readonly [number, number];
  readonly counts: string;
}

export function runsOf(mask: Mask): number[] {
  const runs: number[] = [];
  let current = 0;
  let length = 0;
  for (let x = 0; x < mask.width; x++) {
    for (let y = 0; y < mask.height; y++) {
      const value = mask.data[y * mask.width + x] ? 1 : 0;
      if (value !== current) {
        runs.push(length);
        length = 0;
        current = value;
      }
      length++;
    }
  }
  runs.push(length);
  return runs;
}

export const encodeRle = (mask: Mask): Rle => ({ size: [mask.height, mask.width], counts: countsOf(runsOf(mask)) });

/** Codes of the regions 1..count of an id map, in one walk over it. */
export function encodeIds(ids: Uint16Array, { width, height }: Size, count: number): Rle[] {
  const runs = Array.from({ length: count + 1 }, (): number[] => []);
  const ends = new Float64Array(count + 1);
  let current = ids[0] ?? 0;
  let start = 0;
  let position = 0;
  const close = (): void => {
    runs[current]?.push(start - (ends[current] ?? 0), position - start);
    ends[current] = position;
  };
  for (let x = 0; x < width; x++) {
    for (let y = 0, at = x; y < height; y++, at += width, position++) {
      const id = ids[at] as number;
      if (id === current) continue;
      close();
      current = id;
      start = position;
    }
  }
  close();
  return runs.slice(1).map((own, i) => {
    const rest = position - (ends[i + 1] ?? 0);
    return { size: [height, width], counts: countsOf(rest > 0 || own.length === 0 ? [...own, rest] : own) };
  });
}

function countsOf(runs: readonly number[]): string {
  let counts = '';
  runs.forEach((run, i) => {
    let value = i > 2 ? run - (runs[i - 2] ?? 0) : run;
    for (let more = true; more; ) {
      let bits = value & 31;
      value >>= 5;
      more = bits & 16 ? value !== -1 : value !== 0;
      if (more) bits |= 32;
      counts += String.fromCharCode(bits + 48);
    }
  });
  return counts;
}

/** @throws RangeError when the code does not describe exactly height x width pixels. */
export function decodeRle(rle: Rle): Mask {
  const [height, width] = rle.size;
  const runs: number[] = [];
  for (let p = 0; p < rle.counts.length; ) {
    let value = 0;
    let shift = 0;
    for (let more = true; more; shift += 5) {
      const bits = rle.counts.charCodeAt(p++) - 48;
      if (!(bits >= 0 && bits < 64)) throw new RangeError('run-length code: broken counts string');
      value |= (bits & 31) << shift;
      more = (bits & 32) !== 0;
      if (!more && bits & 16) value |= -1 << (shift + 5);
    }
    runs.push(runs.length > 2 ? value + (runs[runs.length - 2] ?? 0) : value);
  }
  const data = new Uint8Array(width * height);
  let position = 0;
  runs.forEach((run, i) => {
    if (run < 0 || position + run > data.length) throw new RangeError('run-length code: longer than its picture');
    if (i % 2) for (let k = position; k < position + run; k++) data[(k % height) * width + Math.floor(k / height)] = 1;
    position += run;
  });
  if (position !== data.length) throw new RangeError('run-length code: shorter than its picture');
  return { width, height, data };
}
