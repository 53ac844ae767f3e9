/** A whole run: pictures one at a time, all requests about one together, so that each is encoded once. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { LoadReport, Vocabulary } from '../engine/api.ts';
import { EngineError, type PlainError } from '../engine/errors.ts';
import { COMMANDS } from './commands.ts';
import { OpenPicture } from './picture.ts';
import { type Job, listJobs, readVocabulary } from './requests.ts';
import { Results } from './results.ts';
import { retrieve } from './retrieve.ts';
import { inLine, plain, type Run } from './run.ts';

/** @returns how many requests failed */
export async function infer(run: Run): Promise<number> {
  const { args, report } = run;
  const jobs = await listJobs(args);
  const vocabulary = args.vocabulary ? await readVocabulary(args.vocabulary, report.presets) : defaultVocabulary(report);
  await mkdir(join(args.out, 'png'), { recursive: true });
  const results = await Results.create(join(args.out, 'results.jsonl'));
  try {
    return COMMANDS[args.task].answer ? await eachPicture(run, jobs, vocabulary, results) : await retrieve(run, jobs, results);
  } finally {
    await results.close();
  }
}

function defaultVocabulary(report: LoadReport): Vocabulary {
  const preset = report.presets.find((p) => p.id === report.defaultPreset);
  return preset ? { names: preset.names, isThing: preset.isThing } : { names: [] };
}

async function eachPicture(run: Run, jobs: readonly Job[], vocabulary: Vocabulary, results: Results): Promise<number> {
  const byImage = new Map<string, Job[]>();
  for (const job of jobs) byImage.set(job.image, [...(byImage.get(job.image) ?? []), job]);
  let failed = 0;
  let done = 0;
  for (const [image, ofImage] of byImage) {
    const start = performance.now();
    const errors = await onePicture(run, image, ofImage, vocabulary, results);
    failed += errors;
    done += ofImage.length;
    run.say(`${done}/${jobs.length} ${image}: ${errors === 0 ? 'done' : `${errors} failed`}, ${((performance.now() - start) / 1000).toFixed(1)} s`);
  }
  return failed;
}

async function onePicture(run: Run, image: string, jobs: readonly Job[], vocabulary: Vocabulary, results: Results): Promise<number> {
  const { answer } = COMMANDS[run.args.task];
  let failed = 0;
  let picture: OpenPicture | null = null;
  let broken: PlainError | null = null;
  try {
    picture = await OpenPicture.open(run, image);
  } catch (error) {
    broken = plain(error);
  }
  for (const { index, request, extra } of jobs) {
    try {
      if (!picture || !answer) throw EngineError.fromPlain(broken ?? plain(new Error('the picture did not open')));
      const ask = picture.ask(index, request, vocabulary);
      const fields = await answer(ask);
      await results.add(index, { image, task: run.args.task, ...picture.size, ...ask.spent(), ...fields, ...extra });
    } catch (error) {
      failed++;
      await results.add(index, { image, task: run.args.task, error: inLine(error), ...extra });
    }
  }
  await picture?.close();
  return failed;
}
