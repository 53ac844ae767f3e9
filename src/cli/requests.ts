/** From arguments and request lines to a list of what to do, in the order in which results are written. */
import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, extname, isAbsolute, join } from 'node:path';
import * as v from 'valibot';
import type { Preset, Vocabulary } from '../engine/api.ts';
import type { Arguments } from './args.ts';
import { UsageError } from './usage.ts';

const place = v.pipe(v.array(v.number()), v.minLength(2), v.maxLength(3));

const known = {
  phrase: v.exactOptional(v.string()),
  question: v.exactOptional(v.string()),
  query: v.exactOptional(v.string()),
  names: v.exactOptional(v.array(v.string())),
  objectMaskThreshold: v.exactOptional(v.number()),
  overlapThreshold: v.exactOptional(v.number()),
  minScore: v.exactOptional(v.number()),
  /** Pixels of the picture: [x, y], or [x, y, 0] where the thing is not. */
  clicks: v.exactOptional(v.array(place)),
  /** x, y, width, height */
  box: v.exactOptional(v.tuple([v.number(), v.number(), v.number(), v.number()])),
  stroke: v.exactOptional(v.array(place)),
  /** File of a grey picture. */
  mask: v.exactOptional(v.string()),
};
const RequestSchema = v.object(known);
/** Other keys of a line are handed on to its result. */
const LineSchema = v.looseObject({ image: v.exactOptional(v.string()), ...known });
export type RequestLine = v.InferOutput<typeof RequestSchema>;

export interface Job {
  /** Place in results.jsonl. */
  readonly index: number;
  /** Which request it came from: one without a picture is made for every picture. */
  readonly line: number;
  /** As given; null for a sentence to embed by itself. */
  readonly image: string | null;
  /** Where it is: a line may name it from here, from its own file's folder or from the folder of pictures. */
  readonly file: string | null;
  readonly request: RequestLine;
  readonly extra: Readonly<Record<string, unknown>>;
}

const PICTURES = new Set(['.jpg', '.jpeg', '.png', '.webp', '.avif', '.gif', '.svg', '.bmp', '.heic', '.heif', '.tif', '.tiff']);

/** Files as given; of a folder, its pictures by name. */
export async function listImages(given: readonly string[]): Promise<string[]> {
  const out: string[] = [];
  for (const path of given) {
    const info = await stat(path).catch(() => null);
    if (!info?.isDirectory()) {
      out.push(path);
      continue;
    }
    const names = (await readdir(path)).filter((name) => PICTURES.has(extname(name).toLowerCase()));
    if (names.length === 0) throw new UsageError(`${path} has no pictures in it.`);
    out.push(...names.toSorted().map((name) => join(path, name)));
  }
  return out;
}

export async function listJobs(args: Arguments): Promise<Job[]> {
  const images = await listImages(args.images);
  const lines = args.requests ? await readRequests(args.requests) : [{}];
  const folders = [...(args.requests ? [dirname(args.requests)] : []), ...args.images];
  const files = new Map<string, string>(images.map((image) => [image, image]));
  for (const { image } of lines) if (image !== undefined && !files.has(image)) files.set(image, locate(image, folders));
  const jobs = lines.flatMap((whole, line) => {
    const { image, ...rest } = whole;
    const asked = { ...args.given, ...v.parse(RequestSchema, rest) };
    const request = asked.mask === undefined ? asked : { ...asked, mask: locate(asked.mask, folders) };
    const extra = Object.fromEntries(Object.entries(rest).filter(([key]) => !Object.hasOwn(known, key)));
    const alone = args.task === 'embed' && args.images.length === 0 && request.query !== undefined ? [null] : images;
    const of = image === undefined ? alone : [image];
    if (of.length === 0) throw new UsageError(`${args.requests}, request ${line + 1} names no image, and --images is missing.`);
    return of.map((each) => ({ line, image: each, file: each === null ? null : (files.get(each) ?? each), request, extra }));
  });
  return jobs.map((job, index) => ({ ...job, index }));
}

const locate = (image: string, folders: readonly string[]): string =>
  isAbsolute(image) ? image : ([image, ...folders.map((folder) => join(folder, image))].find((path) => existsSync(path)) ?? image);

async function readRequests(file: string): Promise<v.InferOutput<typeof LineSchema>[]> {
  const lines = (await readText(file)).split('\n');
  return lines.flatMap((line, i) => {
    if (line.trim() === '') return [];
    const result = v.safeParse(LineSchema, parseLine(line, `${file}, line ${i + 1}`));
    if (result.success) return [result.output];
    throw new UsageError(`${file}, line ${i + 1}: ${v.getDotPath(result.issues[0]) ?? 'the line'}: ${result.issues[0].message}`);
  });
}

function parseLine(line: string, where: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new UsageError(`${where} is not JSON.`);
  }
}

/** One name a line; "name<TAB>stuff" or "name<TAB>thing" says what it is, else a preset does, else it is a thing. */
export async function readVocabulary(file: string, presets: readonly Preset[]): Promise<Vocabulary> {
  const lines = (await readText(file)).replace(/\s+$/, '').split(/\r?\n/);
  const names: string[] = [];
  const isThing: boolean[] = [];
  lines.forEach((line, i) => {
    const [name = '', kind] = line.split('\t').map((part) => part.trim());
    if (name === '') throw new UsageError(`${file}, line ${i + 1} is empty: a pixel's value is the number of a line, so none may be.`);
    if (kind !== undefined && kind !== 'thing' && kind !== 'stuff') throw new UsageError(`${file}, line ${i + 1}: "${kind}" is neither thing nor stuff.`);
    names.push(name);
    isThing.push(kind ? kind === 'thing' : presetFlag(name, presets));
  });
  return { names, isThing };
}

function presetFlag(name: string, presets: readonly Preset[]): boolean {
  for (const preset of presets) {
    const at = preset.names.findIndex((other) => other.toLowerCase() === name.toLowerCase());
    if (at >= 0) return preset.isThing[at] ?? true;
  }
  return true;
}

async function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => {
    throw new UsageError(`${file} could not be read.`);
  });
}
