/** Something that runs single graphs on made-up inputs: a browser page or native onnxruntime. */
import { join } from 'node:path';

export interface Input {
  readonly name: string;
  readonly type: string;
  readonly dims: readonly number[];
  /** Integers lie below it. */
  readonly top: number;
}

export interface Spec {
  /** On disk, and where the site serves it. */
  readonly path: string;
  readonly url: string;
  readonly external: readonly { readonly path: string; readonly url: string }[];
  readonly inputs: readonly Input[];
}

export interface Runner {
  readonly name: string;
  readonly threads: number;
  open(key: string, spec: Spec): Promise<void>;
  /** Milliseconds of one run. */
  run(key: string): Promise<number>;
  close(key: string): Promise<void>;
  end(): Promise<void>;
}

/** What manifests and graphs.json say of a graph. */
export interface GraphEntry {
  readonly file: string;
  readonly external?: readonly { readonly path: string; readonly file: string }[] | undefined;
  readonly inputs: readonly { readonly name: string; readonly type: string; readonly shape: readonly (number | string)[] }[];
}

export type Axes = Readonly<Record<string, number>>;

/** Lengths of the dynamic axes at a padded picture; `tokens` and `past` are words, `kept` and `sentences` those of a caption. */
export function axesOf(height: number, width: number, more: Axes = {}): Axes {
  const axes: Record<string, number> = { height, width, h_mask: height / 4, w_mask: width / 4, tokens: 9, texts: 1, past: 5, kept: 1, sentences: 1, points: 9 };
  [32, 16, 8].forEach((stride, level) => {
    axes[`h${level}`] = height / stride;
    axes[`w${level}`] = width / stride;
    axes[`n${level}`] = (height / stride) * (width / stride);
  });
  return { ...axes, ...more };
}

/** Of what the graphs look up by: positions of words, marks inside or outside, the one sentence that is kept. */
const TOPS: Readonly<Record<string, number>> = { position: 4, sign: 2, parents: 1 };

/** @param url where the site serves the folder */
export function specOf(folder: string, url: string, entry: GraphEntry, axes: Axes): Spec {
  return {
    path: join(folder, entry.file),
    url: `${url}/${entry.file}`,
    external: (entry.external ?? []).map(({ path, file }) => ({ path, url: `${url}/${file}` })),
    inputs: entry.inputs.map(({ name, type, shape }) => ({
      name,
      type,
      dims: shape.map((d) => (typeof d === 'number' ? d : (axes[d] ?? NaN))),
      top: TOPS[name] ?? 100,
    })),
  };
}

/** Rounds of what takes seconds: computed once or thrice rather than five times. */
export const MOST_ROUNDS = 3;

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[half] ?? NaN) : ((sorted[half - 1] ?? NaN) + (sorted[half] ?? NaN)) / 2;
};

/** A run shorter than this comes after another that isn't counted: threads asleep while the others had their turn cost as much as a small graph to wake. */
const WAKE_BELOW_MS = 500;

/**
 * Medians of all runners on their graphs, taken in turns so that whatever else the machine does meets them alike.
 * A graph that fails gives NaN and its message; the others go on.
 */
export async function inTurns(jobs: readonly { readonly runner: Runner; readonly spec: Spec }[], rounds: number): Promise<{ ms: number; failure: string }[]> {
  const times = jobs.map((): number[] => []);
  const failures = jobs.map(() => '');
  const guarded = async (i: number, work: () => Promise<void>): Promise<void> => {
    if (failures[i]) return;
    await work().catch((error: unknown) => {
      failures[i] = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    });
  };
  const key = (i: number): string => `job${i}`;
  const short = jobs.map(() => false);
  for (const [i, { runner, spec }] of jobs.entries()) {
    await guarded(i, async () => {
      await runner.open(key(i), spec);
      short[i] = (await runner.run(key(i))) < WAKE_BELOW_MS;
    });
  }
  for (let round = 0; round < rounds; round++) {
    for (const [i, { runner }] of jobs.entries()) {
      await guarded(i, async () => {
        if (short[i]) await runner.run(key(i));
        times[i]?.push(await runner.run(key(i)));
      });
    }
  }
  for (const [i, { runner }] of jobs.entries()) await runner.close(key(i)).catch(() => undefined);
  return times.map((list, i) => ({ ms: failures[i] ? NaN : median(list), failure: failures[i] ?? '' }));
}
