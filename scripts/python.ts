/**
 * The Python half's environment: made with venv in offline/.venv when it is not there, and brought up to date when
 * pyproject.toml changed.
 *
 *     npx tsx scripts/python.ts     makes it and prints the path of its python
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const OFFLINE = join(import.meta.dirname, '..', 'offline');
const VENV = join(OFFLINE, '.venv');
const PYTHON = join(VENV, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
const STAMP = join(VENV, '.installed');

const attempt = (command: string, args: readonly string[]): boolean => {
  process.stderr.write(`> ${command} ${args.join(' ')}\n`);
  return spawnSync(command, args, { cwd: OFFLINE, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0;
};

function run(command: string, args: readonly string[]): void {
  if (!attempt(command, args)) throw new Error(`${command} ${args.join(' ')} failed in offline/: what it printed above says why. Without a network there is nothing to install from; if the environment is broken, delete offline/.venv and try again.`);
}

function systemPython(): string {
  for (const name of ['python3.11', 'python3', 'python']) {
    const { stdout, status } = spawnSync(name, ['-c', 'import sys; print(sys.version_info >= (3, 11))'], { encoding: 'utf8' });
    if (status === 0 && stdout.trim() === 'True') return name;
  }
  throw new Error('The offline half needs Python 3.11 or later, and none was found.');
}

export function ensurePython(): string {
  const project = readFileSync(join(OFFLINE, 'pyproject.toml'), 'utf8');
  const wanted = createHash('sha256').update(project).digest('hex');
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted) return PYTHON;
  if (!existsSync(PYTHON) && !attempt(systemPython(), ['-m', 'venv', '.venv'])) {
    // Half of one is there by now, which would be taken for whole the next time.
    rmSync(VENV, { recursive: true, force: true });
    throw new Error('Python could not make an environment in offline/.venv. On Debian that takes a package: apt-get install python3-venv.');
  }
  run(PYTHON, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-e', '.[dev]']);
  writeFileSync(STAMP, wanted);
  return PYTHON;
}

if (process.argv[1] === import.meta.filename) process.stdout.write(`${ensurePython()}\n`);
