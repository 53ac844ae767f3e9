/** The command line: what was asked, or one sentence about what is wrong with it. */
import { parseArgs } from 'node:util';
import type { TaskId } from '../tasks/types.ts';

/** Words of the command line and the task that each runs. */
export const COMMANDS = {
  semantic: 'semantic',
  panoptic: 'panoptic',
  referring: 'referring',
  caption: 'caption',
  vqa: 'vqa',
  embed: 'retrieval',
} as const satisfies Record<string, TaskId>;
export type Command = keyof typeof COMMANDS;

export const USAGE = `npm run infer -- TASK --pack DIR --images DIR|FILE... --out DIR
  TASK                     ${Object.keys(COMMANDS).join(', ')}
  --pack DIR               a model pack (public/models/default)
  --images DIR|FILE...     pictures; of a folder, those with a picture's extension
  --out DIR                gets results.jsonl and a folder of PNGs
  --vocabulary FILE        names to look for, one a line; "name<TAB>stuff" marks stuff (the pack's default preset)
  --phrase TEXT            what to find (referring)
  --question TEXT          what to ask (vqa)
  --query TEXT             a sentence whose embedding is wanted too (embed)
  --requests FILE.jsonl    one request a line: {"image"?, "phrase"?, "names"?, ...}; without image, for every picture
  --threads N              WASM threads (the cores, four at most)`;

export interface Arguments {
  readonly task: Command;
  readonly pack: string;
  readonly images: readonly string[];
  readonly out: string;
  readonly vocabulary: string | null;
  readonly phrase: string | null;
  readonly question: string | null;
  readonly query: string | null;
  readonly requests: string | null;
  readonly threads: number | null;
}

/** A mistake in the command line, or in a file that it names: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const isCommand = (name: string | undefined): name is Command => name !== undefined && Object.hasOwn(COMMANDS, name);

/** @throws UsageError */
export function readArguments(argv: readonly string[]): Arguments {
  const { values, positionals } = parse(argv);
  const [task, ...more] = positionals;
  if (!isCommand(task)) throw new UsageError(task ? `There is no task "${task}".` : 'Which task?');
  const images = [...(values.images ?? []), ...more];
  const { pack, out, vocabulary = null, phrase = null, question = null, query = null, requests = null } = values;
  if (!pack) throw new UsageError('--pack is missing.');
  if (!out) throw new UsageError('--out is missing.');
  if (images.length === 0 && !requests) throw new UsageError('--images is missing.');
  if (task === 'referring' && phrase === null && !requests) throw new UsageError('referring needs --phrase or --requests.');
  if (task === 'vqa' && question === null && !requests) throw new UsageError('vqa needs --question or --requests.');
  const threads = values.threads === undefined ? null : Number(values.threads);
  if (threads !== null && !(Number.isInteger(threads) && threads > 0)) throw new UsageError('--threads is a whole number from 1 on.');
  return { task, pack, images, out, vocabulary, phrase, question, query, requests, threads };
}

function parse(argv: readonly string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { pack: text, images: { type: 'string', multiple: true }, out: text, vocabulary: text, phrase: text, question: text, query: text, requests: text, threads: text },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
