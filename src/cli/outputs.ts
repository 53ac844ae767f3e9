/** How each task's result is written: a part of its results line, and the PNG beside. One row a task. */
import { encode } from 'fast-png';
import type { Vocabulary } from '../engine/api.ts';
import { encodeRle } from '../masks/rle.ts';
import { pixelCount, type Size } from '../masks/types.ts';
import type { CaptionOutput, TaskId, TaskInputs, TaskOutputs } from '../tasks/types.ts';
import type { RequestLine } from './requests.ts';

export interface Written {
  /** Of the masks; null where the result has none. */
  readonly size: Size | null;
  /** Result keys of the line; `png` is its path relative to the output folder, `text` the embedding of a query. */
  line(png: string, text: readonly number[] | null): Record<string, unknown>;
  readonly png: Uint8Array | null;
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

const words = { write: ({ text, tokenIds, score }: CaptionOutput): Written => ({ size: null, png: null, line: () => ({ caption: { text, tokenIds, score } }) }) };

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
  caption: { input: () => ({}), ...words },
  region_caption: { input: () => ({ region: { width: 1, height: 1, data: Uint8Array.of(1) } }), ...words },
  vqa: {
    input: ({ question = '' }) => ({ question }),
    write: ({ answers }, { question }) => ({ size: null, png: null, line: () => ({ question, vqa: { answers } }) }),
  },
  retrieval: {
    input: () => ({}),
    write: ({ embedding }) => ({ size: null, png: null, line: (_, text) => ({ embed: { image: [...embedding], ...(text ? { text } : {}) } }) }),
  },
};

function maskOf(ids: Uint16Array, id: number, size: Size): Uint8Array {
  const mask = new Uint8Array(pixelCount(size));
  for (let i = 0; i < mask.length; i++) mask[i] = ids[i] === id ? 1 : 0;
  return mask;
}
