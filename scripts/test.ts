/**
 * All tests, with one command: sets up what it needs, runs every suite, and ends with "N passed, N failed".
 *
 *     npm test                    everything
 *     npm test -- types unit      only these suites
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { ensureChromium } from './chromium.ts';
import { ensurePython } from './python.ts';

const ROOT = join(import.meta.dirname, '..');
const REPORTS = join(ROOT, 'test-results');

interface Count {
  readonly passed: number;
  readonly failed: number;
}

interface Suite {
  readonly name: string;
  /** Command and arguments; may first bring in what it needs. */
  command(): readonly string[];
  /** How many checks the command made; by default one, which is its exit status. */
  count?(): Count;
  readonly folder?: string;
  readonly env?: () => Readonly<Record<string, string>>;
}

const report = (file: string): string => join(REPORTS, file);
const json = (file: string): unknown => JSON.parse(readFileSync(report(file), 'utf8'));

function vitestCount(): Count {
  const { numPassedTests, numFailedTests } = json('unit.json') as { numPassedTests: number; numFailedTests: number };
  return { passed: numPassedTests, failed: numFailedTests };
}

function playwrightCount(): Count {
  const { stats } = json('e2e.json') as { stats: { expected: number; unexpected: number; flaky: number } };
  return { passed: stats.expected + stats.flaky, failed: stats.unexpected };
}

function pytestCount(): Count {
  const xml = readFileSync(report('python.xml'), 'utf8');
  const number = (name: string): number => Number(new RegExp(`<testsuite [^>]*\\b${name}="(\\d+)"`).exec(xml)?.[1] ?? 0);
  const failed = number('failures') + number('errors');
  return { passed: number('tests') - failed - number('skipped'), failed };
}

const SUITES: readonly Suite[] = [
  { name: 'types', command: () => ['npx', 'tsc', '--noEmit'] },
  { name: 'lint', command: () => ['npx', 'oxlint', '--deny-warnings'] },
  { name: 'unit', command: () => ['npx', 'vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report('unit.json')}`], count: vitestCount },
  { name: 'python-lint', command: () => [ensurePython(), '-m', 'ruff', 'check', '.'], folder: 'offline' },
  { name: 'python', command: () => [ensurePython(), '-m', 'pytest', '-q', `--junitxml=${report('python.xml')}`], folder: 'offline', count: pytestCount },
  {
    name: 'e2e',
    command: () => ['npx', 'playwright', 'test'],
    count: playwrightCount,
    env: () => ({ CHROMIUM: ensureChromium(), CI: '1' }),
  },
];

function run(suite: Suite): Promise<boolean> {
  const [command = '', ...args] = suite.command();
  const env = { ...process.env, ...suite.env?.() };
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: join(ROOT, suite.folder ?? ''), env, stdio: ['ignore', 'inherit', 'inherit'] });
    child.on('error', () => resolve(false));
    child.on('exit', (code) => resolve(code === 0));
  });
}

async function measure(suite: Suite): Promise<Count> {
  const start = performance.now();
  console.log(`\n=== ${suite.name}`);
  let count: Count;
  try {
    const fine = await run(suite);
    const counted = suite.count?.() ?? { passed: fine ? 1 : 0, failed: 0 };
    // A command that fails without a failed check has still failed: it may have stopped halfway.
    count = fine || counted.failed > 0 ? counted : { passed: counted.passed, failed: 1 };
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    count = { passed: 0, failed: 1 };
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
const total = (key: keyof Count): number => counts.reduce((sum, count) => sum + count[key], 0);
console.log(`\n${total('passed')} passed, ${total('failed')} failed`);
process.exitCode = total('failed') === 0 ? 0 : 1;
