/** What a first visit downloads and how long it takes to a first result, again on a second one; memory at its highest. */
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { chromium } from '@playwright/test';
import { dropPhoto } from '../lib/app.ts';
import { ARGS, executable } from '../lib/browser.ts';
import { photos } from '../lib/context.ts';
import { watchMemory } from '../lib/memory.ts';
import type { Part } from '../lib/part.ts';
import { median, MOST_ROUNDS } from '../lib/runner.ts';
import { megabytes, ms, table } from '../lib/table.ts';

interface Visit {
  /** From opening the address to a page that takes a picture; then from the drop to the overlay. */
  readonly ready: number;
  readonly first: number;
  readonly next: number;
  readonly bytes: number;
  readonly memory: number;
}

async function visit(url: string, profile: string): Promise<Visit> {
  const context = await chromium.launchPersistentContext(profile, { ...executable(), args: ARGS, viewport: { width: 1440, height: 900 } });
  const memory = watchMemory(profile);
  try {
    const page = context.pages()[0] ?? (await context.newPage());
    page.setDefaultTimeout(120_000);
    let bytes = 0;
    context.on('response', (response) => {
      if (!response.fromServiceWorker()) bytes += Number(response.headers()['content-length'] ?? 0);
    });
    const start = performance.now();
    await page.goto(`${url}/?inspect`);
    await page.getByRole('button', { name: /Choose a picture/ }).first().waitFor();
    const ready = performance.now() - start;
    const [one = '', two = ''] = photos();
    const first = (await dropPhoto(page, one)).ms;
    const next = (await dropPhoto(page, two)).ms;
    return { ready, first, next, bytes, memory: memory() };
  } finally {
    memory();
    await context.close();
  }
}

async function sizes(folder: string): Promise<(readonly [string, number, number])[]> {
  const kinds = new Map<string, { bytes: number; zipped: number }>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.parentPath.includes('models') || entry.parentPath.includes('samples')) continue;
    const file = join(entry.parentPath, entry.name);
    const kind = { '.js': 'JavaScript', '.mjs': 'JavaScript', '.css': 'CSS', '.wasm': 'runtime (wasm)' }[extname(file)] ?? 'other';
    const known = kinds.get(kind) ?? { bytes: 0, zipped: 0 };
    kinds.set(kind, { bytes: known.bytes + (await stat(file)).size, zipped: known.zipped + gzipSync(await readFile(file)).length });
  }
  return [...kinds].map(([kind, { bytes, zipped }]) => [kind, bytes, zipped] as const);
}

export const startUp: Part = {
  name: 'start',
  title: 'Download and start',
  counted: (rounds) => `medians of ${Math.min(MOST_ROUNDS, rounds)}`,
  async run(context) {
    const { url } = await context.app();
    const visits: { cold: Visit; warm: Visit }[] = [];
    for (let round = 0; round < Math.min(MOST_ROUNDS, context.rounds); round++) {
      const profile = await mkdtemp(join(tmpdir(), 'xdecoder-bench-'));
      try {
        const cold = await visit(url, profile);
        visits.push({ cold, warm: await visit(url, profile) });
      } finally {
        await rm(profile, { recursive: true, force: true });
      }
    }
    const of = (which: 'cold' | 'warm', key: keyof Visit): number => median(visits.map((v) => v[which][key]));
    const row = (which: 'cold' | 'warm', title: string) => [title, megabytes(of(which, 'bytes')), ms(of(which, 'ready')), ms(of(which, 'first')), ms(of(which, 'next')), megabytes(of(which, 'memory'))];
    return [
      'The built app with the default pack on WASM, served from the same machine: no time of a network is in it. Memory is the proportional set size of all browser processes together, at its highest.',
      '',
      table(['visit', 'bytes fetched', 'page ready, ms', 'drop to overlay, first photo, ms', 'second photo, ms', 'memory'], [row('cold', 'first (empty profile)'), row('warm', 'second (pack stored)')]),
      '',
      'Files of the app, all of them (a visit fetches one runtime):',
      '',
      table(['kind', 'bytes', 'gzip'], (await sizes(context.appFolder)).map(([kind, bytes, zipped]) => [kind, megabytes(bytes), megabytes(zipped)])),
    ].join('\n');
  },
};
