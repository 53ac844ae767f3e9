/**
 * The benchmark: writes docs/performance.md.
 *
 *     npm run bench                               every part (about 20 minutes on two cores)
 *     npm run bench -- graphs overhead            only these
 *     npm run bench -- --rounds 3 graphs          medians of three instead of five
 *     npm run bench -- --packs default graphs     without Focal-T, whose pack takes minutes to make
 *
 * A part that fails is reported and leaves its section as it was; the others go on.
 */
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { Context, PACKS } from './lib/context.ts';
import type { Part } from './lib/part.ts';
import { DOCUMENT, writeSection } from './lib/report.ts';
import { graphs } from './parts/graphs.ts';
import { growth } from './parts/growth.ts';
import { interactions } from './parts/interactions.ts';
import { overhead } from './parts/overhead.ts';
import { profile } from './parts/profile.ts';
import { scale } from './parts/scale.ts';
import { search } from './parts/search.ts';
import { startUp } from './parts/start.ts';

const PARTS: readonly Part[] = [graphs, profile, interactions, growth, search, startUp, overhead, scale];
const LIMIT_MS = 15 * 60_000;

function usage(): never {
  console.error(`Usage: npm run bench -- [--rounds N] [--packs default,focalt] [${PARTS.map((p) => p.name).join('] [')}]`);
  process.exit(2);
}

const DEFAULT_ROUNDS = 5;
function asked() {
  try {
    return parseArgs({ allowPositionals: true, options: { rounds: { type: 'string' }, packs: { type: 'string', default: PACKS.join(',') } } });
  } catch {
    return usage(); // an option that is none, `--help` among them
  }
}

const { values, positionals: args } = asked();
const rounds = Number(values.rounds ?? DEFAULT_ROUNDS);
const wanted = values.packs.split(',');
const packs = PACKS.filter((name) => wanted.includes(name));
if (args.some((name) => !PARTS.some((part) => part.name === name)) || !(rounds >= 1) || packs.length < wanted.length) usage();
const options = `${rounds === DEFAULT_ROUNDS ? '' : ` --rounds ${rounds}`}${packs.length === PACKS.length ? '' : ` --packs ${packs.join(',')}`}`;

/** A part that hangs must not take the others with it. */
function limited<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it took longer than ${LIMIT_MS / 60_000} minutes`)), LIMIT_MS);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

const context = new Context(rounds, packs);
const order = PARTS.map((part) => part.name);
const failed: string[] = [];
for (const part of PARTS) {
  if (args.length > 0 && !args.includes(part.name)) continue;
  const start = performance.now();
  console.log(`\n=== ${part.name}: ${part.title}`);
  try {
    const { line } = await context.machine();
    // Ratios survive a busy machine, times don't: the reader should know.
    const busy = loadavg()[0] ?? 0;
    const text = await limited(part.run(context));
    const command = `npm run bench --${options} ${part.name}`;
    writeSection(part.name, `## ${part.title}\n\n\`${command}\` (${part.counted(rounds)}) on ${line}; load before it ${busy.toFixed(1)}.\n\n${text}`, order);
    console.log(text);
  } catch (error) {
    failed.push(part.name);
    console.log(`=== ${part.name} failed: ${error instanceof Error ? error.message : String(error)}`);
  }
  console.log(`=== ${part.name}: ${Math.round((performance.now() - start) / 1000)} s`);
}
await context.close();
console.log(failed.length > 0 ? `\nFailed: ${failed.join(', ')}` : `\nWritten: ${DOCUMENT}`);
process.exit(failed.length > 0 ? 1 : 0);
