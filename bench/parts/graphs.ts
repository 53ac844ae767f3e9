/** Every graph of a pack in the browser beside native onnxruntime on the same threads. */
import { type Context, type PackFolder, say } from '../lib/context.ts';
import { InBrowser } from '../lib/browser.ts';
import { Native } from '../lib/native.ts';
import type { Part } from '../lib/part.ts';
import { axesOf, inTurns, MOST_ROUNDS, type Runner, specOf } from '../lib/runner.ts';
import { ms, table, times } from '../lib/table.ts';

/** float32 arithmetic: what the others are compared with. */
const EXACT = 'fp16-storage';

interface Job {
  readonly runner: Runner;
  readonly variant: string;
}

const title = ({ runner, variant }: Job): string => `${runner.name === 'native' ? 'native' : runner.name === 'wasm' ? 'WASM' : 'WebGPU'} ${variant === EXACT ? 'fp32' : variant}, ${runner.name === 'webgpu' ? 'GPU' : `${runner.threads} thr.`}`;

async function measure(context: Context, pack: PackFolder): Promise<string> {
  const { cores, realGpu } = await context.machine();
  const { url } = await context.page();
  const threads = [...new Set([1, Math.min(2, cores)])];
  const variants = pack.manifest.variants.filter((v) => v.providers.includes('wasm')).map((v) => v.id);
  const runners: Runner[] = [];
  const jobs: Job[] = [];
  const add = (runner: Runner, ids: readonly string[]): void => {
    runners.push(runner);
    jobs.push(...ids.map((variant) => ({ runner, variant })));
  };
  try {
    for (const count of threads) {
      add(new Native(count), [EXACT]);
      add(await InBrowser.start(url, 'wasm', count), variants);
    }
    if (realGpu) add(await InBrowser.start(url, 'webgpu', 1), pack.manifest.variants.filter((v) => v.providers.includes('webgpu')).map((v) => v.id));
    const rows: { graph: string; found: Awaited<ReturnType<typeof inTurns>> }[] = [];
    const [height, width] = pack.size;
    for (const graph of Object.keys(pack.manifest.variants[0]?.graphs ?? {})) {
      say(`${pack.name}: ${graph}`);
      const work = jobs.flatMap(({ runner, variant }) => {
        const entry = pack.manifest.variants.find((v) => v.id === variant)?.graphs[graph];
        return entry ? [{ runner, spec: specOf(pack.folder, pack.url, entry, axesOf(height, width)) }] : [];
      });
      const rounds = pack.name === 'focalt' && graph === 'image' ? Math.min(MOST_ROUNDS, context.rounds) : context.rounds;
      rows.push({ graph, found: await inTurns(work, rounds) });
    }
    const base = (threadsOf: number): number => jobs.findIndex((j) => j.runner.name === 'native' && j.runner.threads === threadsOf);
    const cell = (found: (typeof rows)[number]['found'], i: number): string => {
      const job = jobs[i];
      const here = found[i];
      if (!job || !here) return '-';
      if (here.failure) return 'failed';
      return job.runner.name === 'wasm' ? `${ms(here.ms)} (${times(here.ms / (found[base(job.runner.threads)]?.ms ?? NaN))})` : ms(here.ms);
    };
    const sum = (graphs: readonly string[]) => jobs.map((_, i) => ({ ms: rows.filter((r) => graphs.includes(r.graph)).reduce((total, r) => total + (r.found[i]?.ms ?? NaN), 0), failure: '' }));
    const picture = { graph: 'image + base', found: sum(['image', 'base']) };
    const failures = rows.flatMap((r) => r.found.flatMap((f, i) => (f.failure ? [`${r.graph} on ${jobs[i] ? title(jobs[i]) : ''} failed: ${f.failure}`] : [])));
    const version = runners.find((r) => r instanceof Native)?.version ?? '';
    return [
      `### ${pack.title}, ${height} x ${width} px`,
      '',
      `Milliseconds a run, and in brackets how many times native fp32 (onnxruntime ${version}, same threads).`,
      '',
      table(['graph', ...jobs.map(title)], [...rows, picture].map(({ graph, found }) => [graph, ...jobs.map((_, i) => cell(found, i))])),
      ...(failures.length > 0 ? ['', ...failures] : []),
    ].join('\n');
  } finally {
    for (const runner of runners) await runner.end().catch(() => undefined);
  }
}

export const graphs: Part = {
  name: 'graphs',
  title: 'Graphs: browser beside native',
  counted: (rounds) => `medians of ${rounds}, of at most ${MOST_ROUNDS} for Focal-T's image`,
  async run(context) {
    const texts = [];
    for (const name of context.packs) texts.push(await measure(context, context.pack(name)));
    return texts.join('\n\n');
  },
};
