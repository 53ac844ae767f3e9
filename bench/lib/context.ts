/** What the parts share; everything is made when a part first wants it. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePython } from '../../scripts/python.ts';
import { inspectMachine, type Machine } from './machine.ts';
import { buildTo, serve, type Site } from './site.ts';
import type { GraphEntry } from './runner.ts';

export const ROOT = join(import.meta.dirname, '..', '..');
const OFFLINE = join(ROOT, 'offline');
/** Ignored by git: built sites and packs that are made once. */
export const CACHE = join(ROOT, '.cache', 'bench');
export const SAMPLES = join(ROOT, 'public', 'samples');

export const PACKS = ['default', 'focalt'] as const;
export type PackName = (typeof PACKS)[number];

export interface PackFolder {
  readonly name: PackName;
  readonly title: string;
  readonly folder: string;
  /** Where the page's site serves it. */
  readonly url: string;
  readonly manifest: {
    readonly variants: readonly { readonly id: string; readonly providers: readonly string[]; readonly requires?: readonly string[]; readonly graphs: Readonly<Record<string, GraphEntry>> }[];
    readonly sizes: Readonly<Record<string, { readonly shortSide: number; readonly square?: boolean }>>;
    readonly tasks: Readonly<Record<string, { readonly available: boolean; readonly size?: string }>>;
  };
  /** Height and width of the padded picture that graphs are timed at. */
  readonly size: readonly [number, number];
}

const python = (args: readonly string[]): void => {
  say(`python ${args.join(' ')}`);
  execFileSync(ensurePython(), args, { cwd: OFFLINE, env: { ...process.env, PYTHONPATH: OFFLINE }, stdio: ['ignore', 'ignore', 'inherit'] });
};

/** What decides the graphs that are exported. */
const EXPORTER = ['export', 'model', 'parity', 'checkpoints'].map((name) => join(OFFLINE, 'xdecoder', name));

/** Makes a folder unless it is there and what it was made by, files or folders of them, is as it was then. */
function kept(folder: string, by: readonly string[], make: () => void): void {
  const hash = createHash('sha256');
  const files = by.flatMap((path) => (statSync(path).isFile() ? [path] : readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.py')).sort().map((f) => join(path, f))));
  for (const file of files) hash.update(readFileSync(file));
  const wanted = hash.digest('hex');
  // Beside it: the exporter replaces no folder that holds something of another's.
  const stamp = `${folder}.sha256`;
  if (existsSync(folder) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  make();
  writeFileSync(stamp, wanted);
}

export const say = (text: string): void => void process.stderr.write(`  ${text}\n`);

export class Context {
  /** Rounds of every measurement; medians are taken. */
  readonly rounds: number;
  readonly packs: readonly PackName[];
  #page: Promise<Site> | null = null;
  #app: Promise<Site> | null = null;
  #machine: Promise<Machine> | null = null;

  constructor(rounds: number, packs: readonly PackName[]) {
    this.rounds = rounds;
    this.packs = packs;
  }

  /** The benchmark's page, with the packs and photos beside it. */
  page(): Promise<Site> {
    this.#page ??= (async () => {
      const site = join(CACHE, 'page');
      await buildTo(join(ROOT, 'bench', 'page', 'vite.config.ts'), site);
      return serve({ '/': site, '/packs/default': join(ROOT, 'public', 'models', 'default'), '/packs/': CACHE, '/samples': SAMPLES });
    })();
    return this.#page;
  }

  /** The app as it ships. */
  app(): Promise<Site> {
    this.#app ??= (async () => {
      await buildTo(join(ROOT, 'vite.config.ts'), this.appFolder);
      return serve({ '/': this.appFolder });
    })();
    return this.#app;
  }

  readonly appFolder = join(CACHE, 'app');

  machine(): Promise<Machine> {
    this.#machine ??= this.page().then(({ url }) => inspectMachine(url));
    return this.#machine;
  }

  /** The shipped pack, or Focal-T made from generated weights (minutes, once): its answers mean nothing, its time does. No preset: each name is encoded in 81 templates. */
  pack(name: PackName): PackFolder {
    const made = join(CACHE, 'focalt');
    if (name === 'focalt') {
      kept(made, EXPORTER, () => python(['-m', 'xdecoder.export', '--config', 'focalt', '--out', made, '--presets', '--precision', 'fp16-storage', 'int8']));
    }
    const folder = name === 'focalt' ? made : join(ROOT, 'public', 'models', 'default');
    return {
      name,
      title: name === 'focalt' ? 'Focal-T (official shapes, generated weights)' : 'default pack',
      folder,
      url: `/packs/${name}`,
      manifest: JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')),
      size: name === 'focalt' ? [512, 512] : [384, 512],
    };
  }

  /** Graphs of the plain way (plain.py), made once. */
  plain(name: PackName): { readonly folder: string; readonly url: string; readonly graphs: Readonly<Record<string, GraphEntry>> } {
    const folder = join(CACHE, `plain-${name}`);
    const script = join(ROOT, 'bench', 'plain.py');
    kept(folder, [...EXPORTER, script], () => python([script, '--config', name, '--out', folder]));
    return { folder, url: `/packs/plain-${name}`, graphs: JSON.parse(readFileSync(join(folder, 'graphs.json'), 'utf8')) };
  }

  async close(): Promise<void> {
    for (const site of [this.#page, this.#app]) (await site?.catch(() => null))?.close();
  }
}

export const photos = (): string[] => readdirSync(SAMPLES).filter((f) => /\.(jpe?g|png|webp)$/i.test(f)).sort();
