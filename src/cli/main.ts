/** `npm run infer`: the engine over WASM on files. Exit 0 when all succeeded, 1 when some failed, 2 for a wrong call. */
import { existsSync, statSync } from 'node:fs';
import { asEngineError, isAbort } from '../engine/errors.ts';
import { readArguments, USAGE } from './args.ts';
import { createNodeEngine, packSource } from './engine.node.ts';
import { infer } from './infer.ts';
import { UsageError } from './usage.ts';

const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

async function main(argv: readonly string[]): Promise<number> {
  if (argv.length === 0 || argv.includes('--help')) {
    say(USAGE);
    return argv.length === 0 ? 2 : 0;
  }
  const args = readArguments(argv);
  // Before the pack is loaded, which takes a while.
  if (!existsSync(args.pack)) throw new UsageError(`--pack ${args.pack}: there is no such folder or archive.`);
  if (existsSync(args.out) && !statSync(args.out).isDirectory()) throw new UsageError(`--out ${args.out} is a file; it names a folder.`);
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const { signal } = stop;
  const engine = createNodeEngine(args.threads === null ? {} : { threads: args.threads });
  try {
    const report = await engine.load(await packSource(args.pack), { signal });
    say(`${report.title}: ${report.device.reason}`);
    const failed = await infer({ engine, report, args, say, signal });
    if (failed > 0) say(`${failed} request${failed === 1 ? '' : 's'} failed; results.jsonl says why.`);
    return failed > 0 ? 1 : 0;
  } finally {
    engine.dispose();
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (error instanceof UsageError) {
    say(`${error.message}\n\n${USAGE}`);
    process.exitCode = 2;
  } else if (isAbort(error)) {
    say('Stopped; results.jsonl has what was answered until then.');
    process.exitCode = 130;
  } else {
    const { message, advice } = asEngineError(error, 'internal', 'The run stopped');
    say(`${message} ${advice}`);
    process.exitCode = 1;
  }
}
