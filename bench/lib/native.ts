/** Native onnxruntime in a Python process, asked one thing at a time. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { ensurePython } from '../../scripts/python.ts';
import type { Runner, Spec } from './runner.ts';

interface Answer {
  readonly ms?: number;
  readonly version?: string;
  readonly error?: string;
}

export class Native implements Runner {
  readonly name = 'native';
  readonly threads: number;
  version = '';
  readonly #child;
  readonly #lines: AsyncIterator<string>;

  constructor(threads: number) {
    this.threads = threads;
    this.#child = spawn(ensurePython(), [join(import.meta.dirname, '..', 'native.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  async open(key: string, spec: Spec): Promise<void> {
    const { version = '' } = await this.#ask({ op: 'open', key, path: spec.path, threads: this.threads, inputs: spec.inputs });
    this.version = version;
  }

  async run(key: string): Promise<number> {
    return (await this.#ask({ op: 'run', key })).ms ?? NaN;
  }

  async close(key: string): Promise<void> {
    await this.#ask({ op: 'close', key });
  }

  async end(): Promise<void> {
    this.#child.stdin.end();
    this.#child.kill();
  }

  async #ask(request: object): Promise<Answer> {
    this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.#lines.next();
    if (done) throw new Error('The native runtime ended.');
    const answer = JSON.parse(value) as Answer;
    if (answer.error) throw new Error(`native onnxruntime: ${answer.error}`);
    return answer;
  }
}
