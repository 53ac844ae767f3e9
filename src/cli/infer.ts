/** A whole run: pictures one at a time, all requests about one together, so that each is encoded once. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import type { Engine, LoadReport, PictureId, Size, Vocabulary } from '../engine/api.ts';
import { asEngineError, EngineError, type PlainError } from '../engine/errors.ts';
import type { TaskId } from '../tasks/types.ts';
import { type Arguments, COMMANDS } from './args.ts';
import { OUTPUTS, type Written } from './outputs.ts';
import { type Job, listJobs, readVocabulary } from './requests.ts';
import { Results } from './results.ts';

export interface Run {
  readonly engine: Engine;
  readonly report: LoadReport;
  readonly args: Arguments;
  /** Progress, for people. */
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}

/** @returns how many requests failed */
export async function infer(run: Run): Promise<number> {
  const { args, report } = run;
  const jobs = await listJobs(args);
  const vocabulary = args.vocabulary ? await readVocabulary(args.vocabulary, report.presets) : defaultVocabulary(report);
  await mkdir(join(args.out, 'png'), { recursive: true });
  const results = await Results.create(join(args.out, 'results.jsonl'));
  const byImage = new Map<string, Job[]>();
  for (const job of jobs) byImage.set(job.image, [...(byImage.get(job.image) ?? []), job]);
  let failed = 0;
  let done = 0;
  try {
    for (const [image, ofImage] of byImage) {
      const start = performance.now();
      const errors = await onePicture(run, image, ofImage, vocabulary, results);
      failed += errors;
      done += ofImage.length;
      run.say(`${done}/${jobs.length} ${image}: ${errors === 0 ? 'done' : `${errors} failed`}, ${((performance.now() - start) / 1000).toFixed(1)} s`);
    }
  } finally {
    await results.close();
  }
  return failed;
}

function defaultVocabulary(report: LoadReport): Vocabulary {
  const preset = report.presets.find((p) => p.id === report.defaultPreset);
  return preset ? { names: preset.names, isThing: preset.isThing } : { names: [] };
}

async function onePicture(run: Run, image: string, jobs: readonly Job[], vocabulary: Vocabulary, results: Results): Promise<number> {
  const { engine, signal } = run;
  let failed = 0;
  let picture: PictureId | null = null;
  let opening: Record<string, number> = {};
  let size: Size = { width: 0, height: 0 };
  let broken: PlainError | null = null;
  try {
    const bytes = await readFile(image).catch((cause: unknown) => {
      throw new EngineError('picture-damaged', 'The file could not be read.', { cause, advice: 'Check its path.' });
    });
    const opened = await engine.open(new Blob([bytes]), { signal });
    picture = opened.id;
    size = opened.size;
    opening = { ...opened.timings };
  } catch (error) {
    broken = plain(error);
  }
  for (const job of jobs) {
    try {
      if (broken || !picture) throw EngineError.fromPlain(broken ?? plain(new Error('the picture did not open')));
      const line = await one(run, COMMANDS[run.args.task], picture, size, job, vocabulary, opening);
      await results.add(job.index, line);
    } catch (error) {
      failed++;
      const { code, stage, message } = plain(error);
      await results.add(job.index, { image, task: run.args.task, error: { code, stage, message } });
    }
    opening = {};
  }
  if (picture) await engine.close(picture);
  return failed;
}

async function one<T extends TaskId>(run: Run, task: T, picture: PictureId, size: Size, job: Job, vocabulary: Vocabulary, opening: Readonly<Record<string, number>>): Promise<Record<string, unknown>> {
  const input = OUTPUTS[task].input(job.request, vocabulary);
  const { output, timings, graphs } = await run.engine.run(task, picture, input, { signal: run.signal });
  const written: Written = OUTPUTS[task].write(output, input);
  const png = `png/${String(job.index).padStart(6, '0')}-${basename(job.image, extname(job.image))}.png`;
  if (written.png) await writeFile(join(run.args.out, png), written.png);
  const { query } = job.request;
  const text = task === 'retrieval' && query !== undefined ? [...(await run.engine.embedText(query, { signal: run.signal }))] : null;
  const { width, height } = written.size ?? size;
  return { image: job.image, task: run.args.task, width, height, timings: { ...opening, ...timings }, graphs, ...written.line(png, text) };
}

const plain = (error: unknown): PlainError => asEngineError(error, 'internal', 'The request failed').toPlain();
