/** A whole run: pictures one at a time, all requests about one together, so that each is encoded once. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { LoadReport, Vocabulary } from '../engine/api.ts';
import { throwIfAborted } from '../engine/errors.ts';
import { COMMANDS } from './commands.ts';
import { opened } from './opened.ts';
import type { OpenPicture } from './picture.ts';
import { type Job, listJobs, readVocabulary } from './requests.ts';
import { Results } from './results.ts';
import { retrieve } from './retrieve.ts';
import { inLine, type Run } from './run.ts';

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
  const byImage = new Map<string | null, Job[]>();
  for (const job of jobs) {
    const others = byImage.get(job.image);
    if (others) others.push(job);
    else byImage.set(job.image, [job]);
  }
  let failed = 0;
  let done = 0;
  let start = performance.now();
  for await (const { picture, error, of: ofImage } of opened(run, [...byImage.values()])) {
    throwIfAborted(run.signal);
    const errors = await onePicture(run, picture, error, ofImage, vocabulary, results);
    await picture?.close();
    failed += errors;
    done += ofImage.length;
    const now = performance.now();
    run.say(`${done}/${jobs.length} ${ofImage[0]?.image ?? 'sentences'}: ${errors === 0 ? 'done' : `${errors} failed`}, ${((now - start) / 1000).toFixed(1)} s`);
    start = now;
  }
  return failed;
}

async function onePicture(run: Run, picture: OpenPicture | null, broken: unknown, jobs: readonly Job[], vocabulary: Vocabulary, results: Results): Promise<number> {
  const { answer } = COMMANDS[run.args.task];
  let failed = 0;
  for (const { index, image, request, extra } of jobs) {
    try {
      if (image === null) {
        await results.add(index, { ...extra, task: run.args.task, ...(await sentenceAlone(run, request.query ?? '')) });
        continue;
      }
      if (!picture || !answer) throw broken;
      const ask = picture.ask(index, request, vocabulary);
      const fields = await answer(ask);
      await results.add(index, { ...extra, image, task: run.args.task, ...picture.size, ...ask.spent(), ...fields });
    } catch (error) {
      throwIfAborted(run.signal);
      failed++;
      await results.add(index, { ...extra, ...(image === null ? {} : { image }), task: run.args.task, error: inLine(error) });
    }
  }
  return failed;
}

async function sentenceAlone({ engine, signal }: Run, query: string): Promise<Record<string, unknown>> {
  const start = performance.now();
  const text = await engine.embedText(query, { signal });
  return { query, timings: { text: Math.round((performance.now() - start) * 10) / 10 }, embed: { text: [...text] } };
}
