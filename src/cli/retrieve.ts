/** Retrieval over all pictures: each is embedded once, a sentence ranks them, and region-retrieve looks into the best. */
import { throwIfAborted } from '../engine/errors.ts';
import { dot } from '../tasks/scores.ts';
import { regionFields } from './commands.ts';
import { inLine, type Run } from './run.ts';
import { opened } from './opened.ts';
import { OpenPicture } from './picture.ts';
import type { Job } from './requests.ts';
import type { Results } from './results.ts';

const NO_NAMES = { names: [] };

/** @returns how many requests and pictures failed; a broken picture has a line of its own, after those of the requests */
export async function retrieve(run: Run, jobs: readonly Job[], results: Results): Promise<number> {
  const { args, engine, signal } = run;
  // A request without a picture became a job a picture; here it is asked once.
  const requests = new Map(jobs.map((job) => [job.line, job])).values();
  const vectors = new Map<string, Float32Array>();
  const broken: { image: string; error: unknown }[] = [];
  const images = new Map(jobs.map((job) => [job.image ?? '', job]));
  for await (const { picture, error, of: [job] } of opened(run, [...images.values()].map((each) => [each]))) {
    const image = job?.image ?? '';
    try {
      if (!picture) throw error;
      vectors.set(image, (await picture.ask(0, {}, NO_NAMES).run('retrieval', {})).embedding);
    } catch (failure) {
      throwIfAborted(signal);
      broken.push({ image, error: failure });
    }
    await picture?.close();
    run.say(`${vectors.size + broken.length}/${images.size} ${image}`);
  }
  let failed = broken.length;
  let index = 0;
  for (const { request, extra } of requests) {
    const query = request.query ?? '';
    try {
      const start = performance.now();
      const sentence = await engine.embedText(query, { signal });
      const read = performance.now();
      const ranked = [...vectors].map(([image, vector]) => ({ image, score: dot(vector, sentence) })).toSorted((a, b) => b.score - a.score);
      const timings = { text: tenths(read - start), rank: tenths(performance.now() - read) };
      const best = images.get(ranked[0]?.image ?? '');
      const region = args.task === 'region-retrieve' && best?.image && best.file ? await regionIn(run, best.image, best.file, query, index) : {};
      await results.add(index++, { ...extra, task: args.task, query, timings, ...region, retrieve: ranked });
    } catch (error) {
      throwIfAborted(signal);
      failed++;
      await results.add(index++, { ...extra, task: args.task, query, error: inLine(error) });
    }
  }
  for (const { image, error } of broken) await results.add(index++, { image, task: args.task, error: inLine(error) });
  return failed;
}

const tenths = (ms: number): number => Math.round(ms * 10) / 10;

async function regionIn(run: Run, image: string, file: string, query: string, index: number): Promise<Record<string, unknown>> {
  const picture = await OpenPicture.open(run, image, file);
  try {
    const ask = picture.ask(index, { query }, NO_NAMES);
    const { similarity, region } = await ask.run('region_retrieval', { query });
    return { image, ...picture.size, ...ask.spent(), similarity, region: await regionFields(ask, region) };
  } finally {
    await picture.close();
  }
}
