/** From arguments and request lines to a list of what to do, in the order in which results are written. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import * as v from 'valibot';
import type { Preset, Vocabulary } from '../engine/api.ts';
import { type Arguments, UsageError } from './args.ts';

const RequestSchema = v.object({
  image: v.optional(v.string()),
  phrase: v.optional(v.string()),
  question: v.optional(v.string()),
  query: v.optional(v.string()),
  names: v.optional(v.array(v.string())),
  objectMaskThreshold: v.optional(v.number()),
  overlapThreshold: v.optional(v.number()),
});
export type RequestLine = Omit<v.InferOutput<typeof RequestSchema>, 'image'>;

export interface Job {
  /** Place in results.jsonl. */
  readonly index: number;
  /** As given. */
  readonly image: string;
  readonly request: RequestLine;
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
    const names = await readdir(path);
    out.push(...names.filter((name) => PICTURES.has(extname(name).toLowerCase())).toSorted().map((name) => join(path, name)));
  }
  return out;
}

export async function listJobs(args: Arguments): Promise<Job[]> {
  const images = await listImages(args.images);
  const given = Object.fromEntries(Object.entries({ phrase: args.phrase, question: args.question, query: args.query }).filter(([, text]) => text !== null));
  const lines = args.requests ? await readRequests(args.requests) : [given];
  const jobs: Omit<Job, 'index'>[] = [];
  for (const { image, ...request } of lines.map((line) => ({ image: undefined, ...line }))) {
    if (image !== undefined) jobs.push({ image, request: { ...given, ...request } });
    else jobs.push(...images.map((each) => ({ image: each, request: { ...given, ...request } })));
  }
  return jobs.map((job, index) => ({ ...job, index }));
}

async function readRequests(file: string): Promise<v.InferOutput<typeof RequestSchema>[]> {
  const lines = (await readText(file)).split('\n');
  return lines.flatMap((line, i) => {
    if (line.trim() === '') return [];
    const result = v.safeParse(RequestSchema, parseLine(line, `${file}, line ${i + 1}`));
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
    const at = preset.names.findIndex((known) => known.toLowerCase() === name.toLowerCase());
    if (at >= 0) return preset.isThing[at] ?? true;
  }
  return true;
}

async function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => {
    throw new UsageError(`${file} could not be read.`);
  });
}
