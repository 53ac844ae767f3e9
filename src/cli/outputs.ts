/** How each task's result is written: a part of its results line, and the PNG beside. One row a task. */
import { encode } from 'fast-png';
import type { Vocabulary } from '../engine/api.ts';
import { encodeRle } from '../masks/rle.ts';
import { pixelCount, type Size } from '../masks/types.ts';
import type { TaskId, TaskInputs, TaskOutputs } from '../tasks/types.ts';
import type { RequestLine } from './requests.ts';

export interface Written {
  readonly size: Size;
  /** Result keys of the line; `png` is its path relative to the output folder. */
  line(png: string): Record<string, unknown>;
  readonly png: Uint8Array;
}

interface OutputRow<T extends TaskId> {
  input(request: RequestLine, vocabulary: Vocabulary): TaskInputs[T];
  write(output: TaskOutputs[T], input: TaskInputs[T]): Written;
}

const grey = (size: Size, data: Uint8Array | Uint16Array): Uint8Array =>
  encode({ width: size.width, height: size.height, channels: 1, depth: data instanceof Uint16Array ? 16 : 8, data });

const within = (request: RequestLine, vocabulary: Vocabulary): Vocabulary => (request.names ? { names: request.names } : vocabulary);

const defined = <K extends string>(key: K, value: number | undefined): Partial<Record<K, number>> => {
  const out: Partial<Record<K, number>> = {};
  if (value !== undefined) out[key] = value;
  return out;
};

export const OUTPUTS: { readonly [T in TaskId]: OutputRow<T> } = {
  semantic: {
    input: (request, vocabulary) => ({ vocabulary: within(request, vocabulary) }),
    write: ({ size, labels }, { vocabulary }) => ({
      size,
      png: grey(size, vocabulary.names.length <= 256 ? Uint8Array.from(labels) : labels),
      line: (png) => ({ semantic: { png } }),
    }),
  },
  panoptic: {
    input: (request, vocabulary) => ({
      vocabulary: within(request, vocabulary),
      ...defined('objectMaskThreshold', request.objectMaskThreshold),
      ...defined('overlapThreshold', request.overlapThreshold),
    }),
    write: ({ size, ids, segments }) => ({
      size,
      png: grey(size, ids),
      line: (png) => ({
        segments: segments.map(({ id, label, score, isThing, area, bbox }) => ({
          id, label, score, isthing: isThing, area, bbox, rle: encodeRle({ ...size, data: maskOf(ids, id, size) }),
        })),
        png,
      }),
    }),
  },
  referring: {
    input: ({ phrase = '' }) => ({ phrase }),
    write: ({ size, mask, score, matches, area, bbox }, { phrase }) => ({
      size,
      png: grey(size, mask.map((inside) => (inside ? 255 : 0))),
      line: (png) => ({ phrase, referring: { score, matches, area, bbox, rle: encodeRle({ ...size, data: mask }), png } }),
    }),
  },
};

function maskOf(ids: Uint16Array, id: number, size: Size): Uint8Array {
  const mask = new Uint8Array(pixelCount(size));
  for (let i = 0; i < mask.length; i++) mask[i] = ids[i] === id ? 1 : 0;
  return mask;
}
