/** The suites of `npm test`, in their order. */
import { join } from 'node:path';
import { ensureChromium } from './chromium.ts';
import { ensurePython } from './python.ts';
import { type Count, playwrightCount, pytestCount, vitestCount } from './reports.ts';

export const ROOT = join(import.meta.dirname, '..');
export const REPORTS = join(ROOT, 'test-results');

export interface Suite {
  readonly name: string;
  /** Minutes on two slow cores, with room: a suite that takes longer hangs. */
  readonly minutes: number;
  /** Command and arguments. @param limitMs for runners that can stop by themselves and still report */
  command(limitMs: number): readonly string[];
  /** Brings in what the command needs; not part of its time. */
  setup?(): void;
  /** How many checks the command made; by default one, which is its exit status. */
  count?(): Count;
  readonly folder?: string;
  readonly env?: () => Readonly<Record<string, string>>;
}

const report = (file: string): string => join(REPORTS, file);
const setup = (): void => void ensurePython();
/** Left of a runner's own limit, so that it can write its report before it is ended. */
const REPORTING_MS = 30_000;

export const SUITES: readonly Suite[] = [
  { name: 'types', minutes: 5, command: () => ['npx', 'tsc', '--noEmit'] },
  { name: 'lint', minutes: 3, command: () => ['npx', 'oxlint', '--deny-warnings'] },
  {
    name: 'unit',
    minutes: 5,
    command: () => ['npx', 'vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report('unit.json')}`],
    count: () => vitestCount(report('unit.json')),
  },
  { name: 'python-lint', minutes: 3, setup, command: () => [ensurePython(), '-m', 'ruff', 'check', '.'], folder: 'offline' },
  {
    name: 'python',
    minutes: 20,
    setup,
    // A file a process, each on one core. A test that hangs shows where, every five minutes.
    command: () => [ensurePython(), '-m', 'pytest', '-q', '-n', 'auto', '--dist', 'loadfile', '-o', 'faulthandler_timeout=300', `--junitxml=${report('python.xml')}`],
    folder: 'offline',
    env: () => ({ OMP_NUM_THREADS: '1' }),
    count: () => pytestCount(report('python.xml')),
  },
  {
    name: 'e2e',
    minutes: 32,
    setup: () => void ensureChromium(),
    command: (limitMs) => ['npx', 'playwright', 'test', `--global-timeout=${Math.max(1000, limitMs - REPORTING_MS)}`],
    count: () => playwrightCount(report('e2e.json')),
    env: () => ({ CHROMIUM: ensureChromium(), CI: '1' }),
  },
];
