/** Runs a command under a time limit: what hangs is ended, with everything it started. */
import { spawn } from 'node:child_process';

export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

export type Ending = 'fine' | 'failed' | 'out of time';

/** From a polite request to end (Playwright then stops its servers and browsers) to the blunt one. */
const GRACE_MS = 15_000;

/** @param limitMs wall time; 0 or less is out of time at once */
export function runLimited({ command, args, cwd, env }: Command, limitMs: number): Promise<Ending> {
  if (limitMs <= 0) return Promise.resolve('out of time');
  return new Promise((resolve) => {
    // A group of its own, so that what the command started can be ended with it.
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'inherit', 'inherit'], detached: true });
    let late = false;
    const signal = (name: NodeJS.Signals): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, name);
      } catch {
        // The group is gone already.
      }
    };
    let killer: NodeJS.Timeout | undefined;
    const limit = setTimeout(() => {
      late = true;
      signal('SIGTERM');
      killer = setTimeout(() => signal('SIGKILL'), GRACE_MS);
    }, limitMs);
    const stop = (): void => {
      signal('SIGTERM');
      process.exit(130);
    };
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
    const end = (ending: Ending): void => {
      clearTimeout(limit);
      clearTimeout(killer);
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
      resolve(late ? 'out of time' : ending);
    };
    child.on('error', () => end('failed'));
    child.on('exit', (code) => {
      if (late) signal('SIGKILL');
      end(code === 0 ? 'fine' : 'failed');
    });
  });
}
