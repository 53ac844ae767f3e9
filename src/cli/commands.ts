/** One row a task of the command line: what a request must say, which tasks of the engine answer it, what its line gets. */
import type { Vocabulary } from '../engine/api.ts';
import { encodeIds, encodeRle } from '../masks/rle.ts';
import type { Box, Mask, Size } from '../masks/types.ts';
import type { CaptionOutput, Marks, TaskId, TaskInputs, TaskOutputs } from '../tasks/types.ts';
import { EngineError } from '../engine/errors.ts';
import type { Command } from './args.ts';
import type { RequestLine } from './requests.ts';

/** A request about one open picture, and what answering it may use. */
export interface Ask {
  readonly request: RequestLine;
  readonly vocabulary: Vocabulary;
  run<T extends TaskId>(task: T, input: TaskInputs[T]): Promise<TaskOutputs[T]>;
  embedText(text: string): Promise<Float32Array>;
  /** A mask of a request, from its file. */
  readMask(path: string): Promise<Mask>;
  /** Writes a grey PNG of 8 or 16 bits. @returns its path relative to the output folder */
  writePng(size: Size, data: Uint8Array | Uint16Array): Promise<string>;
}

export type Fields = Readonly<Record<string, unknown>>;

interface CommandRow {
  /** What a request lacks, or null. */
  lacks(request: RequestLine): string | null;
  /** Null: the task is about all pictures at once (retrieve.ts). */
  readonly answer: ((ask: Ask) => Promise<Fields>) | null;
}

const nothing = (): null => null;
const says = (field: 'phrase' | 'question' | 'query') => (request: RequestLine): string | null => (request[field]?.trim() ? null : `a ${field}`);
const marks = ({ clicks, box, stroke, mask }: RequestLine): boolean => [clicks, box, stroke, mask].some((given) => given !== undefined);
const within = ({ request, vocabulary }: Ask): Vocabulary => (request.names ? { names: request.names } : vocabulary);

/** @throws EngineError when the request lacks it */
function text(request: RequestLine, field: 'phrase' | 'question'): string {
  const value = request[field];
  if (value === undefined) throw new EngineError('bad-input', `The request has no ${field}.`);
  return value;
}

const option = <K extends string>(key: K, value: number | undefined): Partial<Record<K, number>> => {
  const out: Partial<Record<K, number>> = {};
  if (value !== undefined) out[key] = value;
  return out;
};

interface Region {
  readonly size: Size;
  readonly mask: Uint8Array;
  readonly score: number;
  readonly area: number;
  readonly bbox: Box;
  readonly matches?: boolean;
}

export async function regionFields(ask: Pick<Ask, 'writePng'>, { size, mask, score, area, bbox, matches }: Region): Promise<Fields> {
  const png = await ask.writePng(size, mask.map((inside) => (inside ? 255 : 0)));
  return { score, ...(matches === undefined ? {} : { matches }), area, bbox, rle: encodeRle({ ...size, data: mask }), png };
}

const captionFields = ({ text: said, tokenIds, score }: CaptionOutput): Fields => ({ text: said, tokenIds, score });

async function marksOf({ request, readMask }: Ask): Promise<Marks> {
  const { clicks, box, stroke, mask } = request;
  return {
    ...(clicks ? { clicks: clicks.map(([x = NaN, y = NaN, inside = 1]) => ({ x, y, positive: inside !== 0 })) } : {}),
    ...(box ? { box } : {}),
    ...(stroke ? { stroke: stroke.map(([x = NaN, y = NaN]) => ({ x, y })) } : {}),
    ...(mask === undefined ? {} : { mask: await readMask(mask) }),
  };
}

const pointedAt = async (ask: Ask): Promise<TaskOutputs['pick']> => ask.run('pick', await marksOf(ask));

export const COMMANDS: Readonly<Record<Command, CommandRow>> = {
  semantic: {
    lacks: nothing,
    async answer(ask) {
      const vocabulary = within(ask);
      const { size, labels } = await ask.run('semantic', { vocabulary });
      return { semantic: { png: await ask.writePng(size, vocabulary.names.length <= 256 ? Uint8Array.from(labels) : labels) } };
    },
  },
  panoptic: {
    lacks: nothing,
    async answer(ask) {
      const { objectMaskThreshold, overlapThreshold } = ask.request;
      const { size, ids, segments } = await ask.run('panoptic', {
        vocabulary: within(ask), ...option('objectMaskThreshold', objectMaskThreshold), ...option('overlapThreshold', overlapThreshold),
      });
      const rles = encodeIds(ids, size, segments.length);
      return {
        segments: segments.map(({ id, label, score, isThing, area, bbox }) => ({ id, label, score, isthing: isThing, area, bbox, rle: rles[id - 1] })),
        png: await ask.writePng(size, ids),
      };
    },
  },
  instance: {
    lacks: nothing,
    async answer(ask) {
      const { size, ids, instances } = await ask.run('instance', { vocabulary: within(ask), ...option('minScore', ask.request.minScore) });
      return {
        segments: instances.map(({ id, label, score, area, bbox, mask }) => ({ id, label, score, isthing: true, area, bbox, rle: encodeRle({ ...size, data: mask }) })),
        png: await ask.writePng(size, ids),
      };
    },
  },
  referring: {
    lacks: says('phrase'),
    async answer(ask) {
      const phrase = text(ask.request, 'phrase');
      return { phrase, referring: await regionFields(ask, await ask.run('referring', { phrase })) };
    },
  },
  caption: { lacks: nothing, answer: async (ask) => ({ caption: captionFields(await ask.run('caption', {})) }) },
  'region-caption': {
    lacks: (request) => (request.phrase?.trim() || marks(request) ? null : 'a phrase, clicks, a box, a stroke or a mask'),
    async answer(ask) {
      const { phrase } = ask.request;
      const region = marks(ask.request) ? await pointedAt(ask) : await ask.run('referring', { phrase: phrase ?? '' });
      if (region.area === 0) throw new EngineError('bad-input', 'The region is empty.');
      const caption = await ask.run('region_caption', { region: { ...region.size, data: region.mask } });
      return { caption: captionFields(caption), region: await regionFields(ask, region) };
    },
  },
  vqa: {
    lacks: says('question'),
    async answer(ask) {
      const question = text(ask.request, 'question');
      const { answers } = await ask.run('vqa', { question });
      return { question, vqa: { answers } };
    },
  },
  embed: {
    lacks: nothing,
    async answer(ask) {
      const { embedding } = await ask.run('retrieval', {});
      const { query } = ask.request;
      return { embed: { image: [...embedding], ...(query === undefined ? {} : { text: [...(await ask.embedText(query))] }) } };
    },
  },
  retrieve: { lacks: says('query'), answer: null },
  'region-retrieve': { lacks: says('query'), answer: null },
  pick: {
    lacks: (request) => (marks(request) ? null : 'clicks, a box, a stroke or a mask'),
    answer: async (ask) => ({ pick: await regionFields(ask, await pointedAt(ask)) }),
  },
};
