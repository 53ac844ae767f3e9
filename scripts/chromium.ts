/**
 * Finds a Chromium for the browser tests: the one named by CHROMIUM, the system's, or Playwright's own.
 *
 *     npx tsx scripts/chromium.ts --install     installs one if there is none, and prints where it is
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from '@playwright/test';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

function onPath(name: string): string | null {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not here: the next folder.
    }
  }
  return null;
}

export function findChromium(): string | null {
  const named = process.env['CHROMIUM'];
  if (named) return named;
  for (const name of NAMES) {
    const found = onPath(name);
    if (found) return found;
  }
  const own = chromium.executablePath();
  return own && existsSync(own) ? own : null;
}

const run = (command: string, args: readonly string[]): boolean => {
  process.stderr.write(`> ${command} ${args.join(' ')}\n`);
  return spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'], timeout: 5 * 60_000 }).status === 0;
};

/** A downloaded browser may lack the system's libraries: one that can't say its version can't run. */
const starts = (file: string): boolean => spawnSync(file, ['--version'], { stdio: 'ignore', timeout: 60_000 }).status === 0;

/** Ways to get one, in the order in which they are tried. */
const WAYS: readonly { readonly name: string; readonly able: () => boolean; readonly install: () => boolean }[] = [
  { name: "Playwright's", able: () => true, install: () => run('npx', ['playwright', 'install', 'chromium']) },
  {
    name: "the system's package",
    able: () => process.getuid?.() === 0 && onPath('apt-get') !== null,
    install: () => run('apt-get', ['update', '-qq']) && run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium']),
  },
];

/** @throws Error that says what to do when no browser could be had */
export function ensureChromium(): string {
  const present = findChromium();
  if (present && starts(present)) return present;
  for (const way of WAYS) {
    if (!way.able()) continue;
    process.stderr.write(`No Chromium that starts was found; trying ${way.name}.\n`);
    if (!way.install()) continue;
    const found = findChromium();
    if (found && starts(found)) return found;
  }
  throw new Error(
    'The browser tests need Chromium and none could be had: neither Playwright\'s download nor a system package worked. ' +
      'Install one (on Debian, as root: apt-get install chromium) or set CHROMIUM to its path, then run the command again.',
  );
}

if (process.argv.includes('--install')) process.stdout.write(`${ensureChromium()}\n`);
