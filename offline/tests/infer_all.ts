/**
 * `npm run infer` several times on one pack in one process: starting the engine takes longer than a tiny pack's answers.
 *
 *     tsx infer_all.ts < '[["caption", "--pack", …], …]'      exit code 1 where a request failed
 */
import { text } from 'node:stream/consumers';
import { readArguments } from '../../src/cli/args.ts';
import { createNodeEngine, packSource } from '../../src/cli/engine.node.ts';
import { infer } from '../../src/cli/infer.ts';

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

async function all(lines: readonly (readonly string[])[]): Promise<number> {
  const calls = lines.map(readArguments);
  const [first] = calls;
  if (!first || calls.some(({ pack }) => pack !== first.pack)) throw new Error('One pack, and something to ask it.');
  const { signal } = new AbortController();
  const engine = createNodeEngine();
  try {
    const report = await engine.load(await packSource(first.pack), { signal });
    let failed = 0;
    for (const args of calls) failed += await infer({ engine, report, args, say, signal });
    return failed;
  } finally {
    engine.dispose();
  }
}

const failed = await all(JSON.parse(await text(process.stdin)) as string[][]);
process.exitCode = failed > 0 ? 1 : 0;
