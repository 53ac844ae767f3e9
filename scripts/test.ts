/**
 * All tests, with one command: sets up what it needs, runs every suite, and ends with "N passed, N failed".
 *
 *     npm test                    everything
 *     npm test -- types unit      only these suites
 *
 * Nothing can hang it: each suite has a time limit, and the whole ends after TEST_MINUTES (by default 39).
 */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { runLimited } from './limited.ts';
import type { Count } from './reports.ts';
import { REPORTS, ROOT, type Suite, SUITES } from './suites.ts';

const MINUTE = 60_000;
const end = performance.now() + Number(process.env['TEST_MINUTES'] ?? 39) * MINUTE;
const FAILED: Count = { passed: 0, failed: 1, skipped: [] };

async function measure(suite: Suite): Promise<Count> {
  const start = performance.now();
  console.log(`\n=== ${suite.name}`);
  let count: Count;
  try {
    suite.setup?.();
    const limit = Math.min(suite.minutes * MINUTE, end - performance.now());
    const [command = '', ...args] = suite.command(limit);
    const ending = await runLimited({ command, args, cwd: join(ROOT, suite.folder ?? ''), env: { ...process.env, ...suite.env?.() } }, limit);
    if (ending === 'out of time') console.log(`=== ${suite.name} was ended: it ran longer than ${Math.max(0, Math.round(limit / MINUTE))} minutes.`);
    const counted = suite.count?.() ?? { passed: ending === 'fine' ? 1 : 0, failed: 0, skipped: [] };
    // A command that fails without a failed check has still failed: it may have stopped halfway.
    count = ending === 'fine' || counted.failed > 0 ? counted : { ...counted, failed: 1 };
  } catch (error) {
    console.log(`=== ${suite.name}: ${error instanceof Error ? error.message : String(error)}`);
    count = FAILED;
  }
  console.log(`=== ${suite.name}: ${count.passed} passed, ${count.failed} failed, ${Math.round((performance.now() - start) / 1000)} s`);
  return count;
}

const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !SUITES.some((suite) => suite.name === name));
if (unknown.length > 0) {
  console.error(`There is no suite ${unknown.join(', ')}. Suites: ${SUITES.map((s) => s.name).join(', ')}.`);
  process.exit(2);
}
if (existsSync(REPORTS)) rmSync(REPORTS, { recursive: true });
mkdirSync(REPORTS, { recursive: true });
console.log(`Node ${process.version}, ${availableParallelism()} cores`);
const counts: Count[] = [];
for (const suite of SUITES) if (chosen.length === 0 || chosen.includes(suite.name)) counts.push(await measure(suite));
const sum = (key: 'passed' | 'failed'): number => counts.reduce((total, count) => total + count[key], 0);
console.log('');
for (const name of counts.flatMap((c) => c.skipped)) console.log(`skipped: ${name}`);
for (const note of counts.flatMap((c) => c.notes ?? [])) console.log(note);
console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
process.exitCode = sum('failed') === 0 ? 0 : 1;
