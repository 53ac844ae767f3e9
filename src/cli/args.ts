/** The command line: what was asked, or one sentence about what is wrong with it. */
import { parseArgs } from 'node:util';
import { TASK_IDS, type TaskId } from '../tasks/types.ts';

export const USAGE = `npm run infer -- TASK --pack DIR --images DIR|FILE... --out DIR
  TASK                     ${TASK_IDS.join(', ')}
  --pack DIR               a model pack (public/models/default)
  --images DIR|FILE...     pictures; of a folder, those with a picture's extension
  --out DIR                gets results.jsonl and a folder of PNGs
  --vocabulary FILE        names to look for, one a line; "name<TAB>stuff" marks stuff (the pack's default preset)
  --phrase TEXT            what to find (referring)
  --requests FILE.jsonl    one request a line: {"image"?, "phrase"?, "names"?, ...}; without image, for every picture
  --threads N              WASM threads (the cores, four at most)`;

export interface Arguments {
  readonly task: TaskId;
  readonly pack: string;
  readonly images: readonly string[];
  readonly out: string;
  readonly vocabulary: string | null;
  readonly phrase: string | null;
  readonly requests: string | null;
  readonly threads: number | null;
}

/** A mistake in the command line, or in a file that it names: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const isTask = (name: string | undefined): name is TaskId => TASK_IDS.some((id) => id === name);

/** @throws UsageError */
export function readArguments(argv: readonly string[]): Arguments {
  const { values, positionals } = parse(argv);
  const [task, ...more] = positionals;
  if (!isTask(task)) throw new UsageError(task ? `There is no task "${task}".` : 'Which task?');
  const images = [...(values.images ?? []), ...more];
  const { pack, out, vocabulary = null, phrase = null, requests = null } = values;
  if (!pack) throw new UsageError('--pack is missing.');
  if (!out) throw new UsageError('--out is missing.');
  if (images.length === 0 && !requests) throw new UsageError('--images is missing.');
  if (task === 'referring' && phrase === null && !requests) throw new UsageError('referring needs --phrase or --requests.');
  const threads = values.threads === undefined ? null : Number(values.threads);
  if (threads !== null && !(Number.isInteger(threads) && threads > 0)) throw new UsageError('--threads is a whole number from 1 on.');
  return { task, pack, images, out, vocabulary, phrase, requests, threads };
}

function parse(argv: readonly string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { pack: text, images: { type: 'string', multiple: true }, out: text, vocabulary: text, phrase: text, requests: text, threads: text },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
