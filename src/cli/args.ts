/** The command line: what was asked, or one sentence about what is wrong with it. */
import { parseArgs } from 'node:util';
import { COMMANDS } from './commands.ts';
import type { RequestLine } from './requests.ts';
import { UsageError } from './usage.ts';

export const TASKS = ['semantic', 'panoptic', 'instance', 'referring', 'caption', 'region-caption', 'vqa', 'embed', 'retrieve', 'region-retrieve', 'pick'] as const;
export type Command = (typeof TASKS)[number];

export const USAGE = `npm run infer -- TASK --pack DIR --images DIR|FILE... --out DIR
  TASK                     ${TASKS.join(', ')}
  --pack DIR|FILE.zip      a model pack (public/models/default)
  --images DIR|FILE...     pictures; of a folder, those with a picture's extension
  --out DIR                gets results.jsonl and a folder of PNGs
  --vocabulary FILE        names to look for, one a line; "name<TAB>stuff" marks stuff (the pack's default preset)
  --phrase TEXT            what to find (referring), or what to caption (region-caption)
  --question TEXT          what to ask (vqa)
  --query TEXT             a sentence to rank pictures by (retrieve, region-retrieve), or to embed too (embed)
  --click x,y[,0]...       pixels that the thing is at, or with ",0" is not at (pick, region-caption)
  --box x,y,width,height   pixels around the thing (pick, region-caption)
  --requests FILE.jsonl    one request a line: {"image"?, "phrase"|"question"|"query"|"clicks"|"box"|"stroke"|"mask"...};
                           without image, for every picture; image names are looked up from here, from this
                           file's folder and from the --images folders; embed without --images takes sentences alone
  --threads N              WASM threads (the cores, four at most)`;

export interface Arguments {
  readonly task: Command;
  readonly pack: string;
  readonly images: readonly string[];
  readonly out: string;
  readonly vocabulary: string | null;
  /** What every request asks for unless its own line says otherwise. */
  readonly given: RequestLine;
  readonly requests: string | null;
  readonly threads: number | null;
}

const isCommand = (name: string | undefined): name is Command => TASKS.some((task) => task === name);

/** @throws UsageError */
export function readArguments(argv: readonly string[]): Arguments {
  const { values, positionals } = parse(argv);
  const [task, ...more] = positionals;
  if (!isCommand(task)) throw new UsageError(task ? `There is no task "${task}".` : 'Which task?');
  const images = [...(values.images ?? []), ...more];
  const { pack, out, vocabulary = null, requests = null } = values;
  if (!pack) throw new UsageError('--pack is missing.');
  if (!out) throw new UsageError('--out is missing.');
  if (images.length === 0 && !requests) throw new UsageError('--images is missing.');
  const given: RequestLine = {
    ...(values.phrase === undefined ? {} : { phrase: values.phrase }),
    ...(values.question === undefined ? {} : { question: values.question }),
    ...(values.query === undefined ? {} : { query: values.query }),
    ...(values.click ? { clicks: values.click.map(click) } : {}),
    ...(values.box === undefined ? {} : { box: box(values.box) }),
  };
  const lacking = requests === null ? COMMANDS[task].lacks(given) : null;
  if (lacking) throw new UsageError(`${task} needs ${lacking}.`);
  const threads = values.threads === undefined ? null : Number(values.threads);
  if (threads !== null && !(Number.isInteger(threads) && threads > 0)) throw new UsageError('--threads is a whole number from 1 on.');
  return { task, pack, images, out, vocabulary, given, requests, threads };
}

const numbers = (text: string): number[] => text.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)));

function click(text: string): number[] {
  const parts = numbers(text);
  if (!(parts.length === 2 || parts.length === 3) || !parts.every(Number.isFinite)) throw new UsageError(`--click is x,y or x,y,0 in pixels, not "${text}".`);
  return parts;
}

function box(text: string): [number, number, number, number] {
  const [x = NaN, y = NaN, width = NaN, height = NaN, ...rest] = numbers(text);
  if (rest.length > 0 || ![x, y, width, height].every(Number.isFinite)) throw new UsageError(`--box is x,y,width,height in pixels, not "${text}".`);
  return [x, y, width, height];
}

function parse(argv: readonly string[]) {
  const text = { type: 'string' } as const;
  const several = { type: 'string', multiple: true } as const;
  try {
    return parseArgs({
      args: spread(argv),
      allowPositionals: true,
      options: { pack: text, images: several, out: text, vocabulary: text, phrase: text, question: text, query: text, click: several, box: text, requests: text, threads: text },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** x,y and so on, which may begin with a minus. */
const PLACE = /^-?[\d.]+(,-?[\d.]+){1,3}$/;

/** `--click 1,2 3,4` is `--click=1,2 --click=3,4`: what follows is no picture while it looks like a place. */
function spread(argv: readonly string[]): string[] {
  let option = '';
  const out: string[] = [];
  argv.forEach((arg, i) => {
    if (arg.startsWith('--')) option = arg.split('=')[0] ?? arg;
    const place = PLACE.test(arg) && (option === '--click' || (option === '--box' && argv[i - 1] === option));
    if (!place) return out.push(arg);
    if (argv[i - 1] === option) out.pop();
    return out.push(`${option}=${arg}`);
  });
  return out;
}
