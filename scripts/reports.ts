/** What each test runner wrote down, as one kind of count. */
import { readFileSync } from 'node:fs';

export interface Count {
  readonly passed: number;
  readonly failed: number;
  /** Names of tests that did not run. */
  readonly skipped: readonly string[];
  /** Lines worth repeating at the end. */
  readonly notes?: readonly string[];
}

const json = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

export function vitestCount(file: string): Count {
  const report = json(file) as {
    numPassedTests: number;
    numFailedTests: number;
    testResults: { assertionResults: { status: string; fullName: string }[] }[];
  };
  const tests = report.testResults.flatMap((t) => t.assertionResults);
  const skipped = tests.filter((t) => t.status !== 'passed' && t.status !== 'failed').map((t) => t.fullName);
  return { passed: report.numPassedTests, failed: report.numFailedTests, skipped };
}

interface PlaywrightSuite {
  readonly file: string;
  readonly suites?: readonly PlaywrightSuite[];
  readonly specs?: readonly { readonly title: string; readonly tests: readonly { readonly status: string; readonly results: readonly { readonly stdout: readonly { readonly text?: string }[] }[] }[] }[];
}

/** A passing test that opened a WebGPU session says so in these words. */
const ADAPTER = /^WebGPU adapter: .+$/gm;

/** A run in which no WebGPU session was made has tested half the product: it counts as a failure. */
export function playwrightCount(file: string): Count {
  const { suites } = json(file) as { suites: readonly PlaywrightSuite[] };
  const specs = (suite: PlaywrightSuite): { name: string; status: string; said: string }[] => [
    ...(suite.specs ?? []).flatMap((spec) => spec.tests.map((test) => ({
      name: `${suite.file}: ${spec.title}`,
      status: test.status,
      said: test.results.flatMap((r) => r.stdout.map((line) => line.text ?? '')).join(''),
    }))),
    ...(suite.suites ?? []).flatMap(specs),
  ];
  const tests = suites.flatMap(specs);
  const passed = tests.filter((t) => t.status === 'expected' || t.status === 'flaky');
  const flaky = tests.filter((t) => t.status === 'flaky').map((t) => `passed at the second try: ${t.name}`);
  const adapters = [...new Set(passed.flatMap((t) => t.said.match(ADAPTER) ?? []))];
  const failed = tests.filter((t) => t.status === 'unexpected').length;
  const none = adapters.length === 0;
  return {
    passed: passed.length,
    failed: failed + (none ? 1 : 0),
    skipped: tests.filter((t) => t.status === 'skipped').map((t) => t.name),
    notes: [...(none ? ['FAILED: no WebGPU session was created in this run, not even on a software adapter'] : adapters), ...flaky],
  };
}

export function pytestCount(file: string): Count {
  const xml = readFileSync(file, 'utf8');
  const number = (name: string): number => Number(new RegExp(`<testsuite [^>]*\\b${name}="(\\d+)"`).exec(xml)?.[1] ?? 0);
  const failed = number('failures') + number('errors');
  const cases = xml.split('<testcase ').slice(1).filter((test) => test.includes('<skipped'));
  const skipped = cases.map((test) => {
    const of = (key: string): string => new RegExp(`\\b${key}="([^"]*)"`).exec(test)?.[1] ?? '';
    return `${of('classname')}.${of('name')}: ${/<skipped[^>]*message="([^"]*)"/.exec(test)?.[1] ?? ''}`;
  });
  return { passed: number('tests') - failed - number('skipped'), failed, skipped };
}
