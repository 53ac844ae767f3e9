/**
 * A pack's numbers on every provider, against those of PyTorch that the exporter stored in its probe; and every graph by
 * itself, against PyTorch's model read back from the pack. Writes its section of docs/parity.md.
 *
 *     npm run parity -- [PACK FOLDER...]      exit code 1 on a miss
 *
 * onnxruntime runs in Python; WASM in Node and in Chromium; WebGPU in Chromium, on a software adapter where there is no
 * graphics card.
 */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { chromium, type Page } from '@playwright/test';
import { build, preview } from 'vite';
import { table } from '../bench/lib/table.ts';
import { createNodeEngine, packSource } from '../src/cli/engine.node.ts';
import type { ProbeCheck, Provider } from '../src/engine/api.ts';
import { parseManifest } from '../src/engine/pack/manifest.ts';
import { findChromium } from './chromium.ts';
import { ensurePython } from './python.ts';

const ROOT = join(import.meta.dirname, '..');
const CONFIG = join(ROOT, 'e2e/headless/vite.config.ts');
const DOCUMENT = join(ROOT, 'docs/parity.md');
const [FROM, TO] = ['<!-- part: providers -->', '<!-- end: providers -->'];
const PACKS = ['public/models/default', 'e2e/fixtures/packs/tiny', 'e2e/fixtures/packs/tiny-seem'];
/** Its shipped numbers are exact in PyTorch too. */
const EXACT = 'fp16-storage';
const ALLOWED_ALONE = 1e-4;
const ROLES = ['image', 'base', 'text', 'ground'];

const run = promisify(execFile);
const { signal } = new AbortController();
type Checks = readonly Pick<ProbeCheck, 'output' | 'error'>[];

/** @param coarse the variant is held to its mean error */
async function inPython(python: string, folder: string, variant: string, coarse: boolean): Promise<Checks> {
  const { stdout } = await run(python, ['-m', 'xdecoder.run.probe', '--pack', folder, '--variant', variant], { cwd: join(ROOT, 'offline') });
  const rows = JSON.parse(stdout) as readonly { output: string; largest: number; mean: number }[];
  return rows.map(({ output, largest, mean }) => ({ output, error: coarse ? mean : largest }));
}

async function inNode(folder: string, variant: string): Promise<Checks> {
  const engine = createNodeEngine({ variant });
  try {
    return (await engine.load(await packSource(folder), { signal })).device.probe;
  } finally {
    engine.dispose();
  }
}

function inBrowser(page: Page, provider: Provider, variant: string): Promise<Checks> {
  return page.evaluate(async ([wanted, id]) => {
    const engine = window.makeEngine({ providers: [wanted], variant: id });
    try {
      return (await engine.load({ kind: 'url', manifest: 'measured/manifest.json' }, { signal: new AbortController().signal })).device.probe;
    } finally {
      engine.dispose();
    }
  }, [provider, variant] as const);
}

const small = (error: number): string => error.toExponential(1);
const message = (error: unknown): string => (error instanceof Error ? error.message.split('\n')[0] ?? '' : String(error));
let missed = 0;

/** One row: the worst error of each graph's outputs, or why there is none. */
async function row(head: readonly string[], measured: Promise<Checks>, tolerance: number): Promise<string[]> {
  try {
    const checks = await measured;
    missed += checks.filter((c) => !(c.error <= tolerance)).length;
    const worst = (role: string): string => {
      const errors = checks.filter((c) => c.output.startsWith(`${role}.`)).map((c) => c.error);
      return errors.length > 0 ? small(Math.max(...errors)) : '-';
    };
    return [...head, ...ROLES.map(worst), String(tolerance)];
  } catch (error) {
    missed++;
    return [...head, ...ROLES.map(() => '-'), message(error)];
  }
}

/** Serves a pack's files to the page as measured/…, and more beside them. */
async function serving<T>(page: Page, folder: string, more: Readonly<Record<string, string>>, use: () => Promise<T>): Promise<T> {
  await page.route('**/measured/**', async (route) => {
    const path = new URL(route.request().url()).pathname.split('/measured/')[1] ?? '';
    await route.fulfill({ body: more[path] ?? (await readFile(join(folder, path))), contentType: 'application/octet-stream' });
  });
  try {
    return await use();
  } finally {
    await page.unroute('**/measured/**');
  }
}

async function measure(page: Page, python: string, folder: string): Promise<string[][]> {
  const manifest = parseManifest(await readFile(join(folder, 'manifest.json'), 'utf8'), folder);
  const { tolerance } = JSON.parse(await readFile(join(folder, manifest.probe), 'utf8')) as { tolerance: number };
  const shaders = await page.evaluate(async () => (await navigator.gpu?.requestAdapter())?.features.has('shader-f16') ?? null);
  const rows: string[][] = [];
  for (const { id, providers, requires, meanTolerance } of manifest.variants) {
    const allowed = meanTolerance ?? tolerance;
    const add = async (where: string, measured: Promise<Checks>): Promise<void> => {
      rows.push(await row([manifest.name, id, where], measured, allowed));
      console.log(rows.at(-1)?.join('  '));
    };
    await add('onnxruntime', inPython(python, folder, id, meanTolerance !== undefined));
    if (providers.includes('wasm')) {
      await add('WASM, Node', inNode(folder, id));
      await add('WASM, Chromium', inBrowser(page, 'wasm', id));
    }
    const runs = shaders !== null && (shaders || !requires.includes('shader-f16'));
    if (providers.includes('webgpu') && runs) await add('WebGPU, Chromium', inBrowser(page, 'webgpu', id));
  }
  return rows;
}

/** Every graph alone, on inputs of the exporter's own check, against PyTorch. */
async function graphs(page: Page, python: string, folder: string): Promise<string[][]> {
  const name = basename(folder);
  const manifest = parseManifest(await readFile(join(folder, 'manifest.json'), 'utf8'), folder);
  if (!manifest.variants.some(({ id }) => id === EXACT)) return [[name, `it has no ${EXACT} variant`, '-', '-', '-', '-', '-']];
  const { stdout } = await run(python, ['-m', 'xdecoder.run.graphs', '--pack', folder], { cwd: join(ROOT, 'offline'), maxBuffer: 2 ** 28 });
  const { graphs: natively = null, unreadable } = JSON.parse(stdout) as { readonly graphs?: Readonly<Record<string, { readonly onnxruntime: number }>>; readonly unreadable?: string };
  if (unreadable) console.log(`${name}: made-up inputs, no PyTorch: ${unreadable}`);
  const found = await serving(page, folder, { 'cases.json': stdout }, () =>
    page.evaluate(([variant, cases]) => window.compareGraphs('measured', variant, cases), [EXACT, natively ? 'measured/cases.json' : undefined] as const));
  return found.map(({ graph, outputs, error, beside }) => {
    const errors = [natively?.[graph]?.onnxruntime, beside?.wasm, beside?.webgpu, error];
    missed += errors.filter((e) => e !== undefined && !(e <= ALLOWED_ALONE)).length;
    const cells = [name, `\`${graph}\``, String(outputs), ...errors.map((e) => (e === undefined ? '-' : small(e)))];
    console.log(cells.join('  '));
    return cells;
  });
}

function write(section: string): void {
  const text = readFileSync(DOCUMENT, 'utf8');
  const [from, to] = [text.indexOf(FROM), text.indexOf(TO)];
  if (from < 0 || to < from) throw new Error(`docs/parity.md has no place between ${FROM} and ${TO}.`);
  writeFileSync(DOCUMENT, `${text.slice(0, from + FROM.length)}\n\n${section.trim()}\n\n${text.slice(to)}`);
}

const given = process.argv.slice(2).map((folder) => relative(ROOT, folder));
for (const pack of given) {
  if (existsSync(join(ROOT, pack, 'manifest.json'))) continue;
  console.error(`${pack} is no pack: it has no manifest.json. Usage: npm run parity -- [PACK FOLDER...]`);
  process.exit(2);
}
const python = ensurePython();
await build({ configFile: CONFIG, logLevel: 'error' });
const server = await preview({ configFile: CONFIG, preview: { port: 4180 } });
const executablePath = findChromium();
const browser = await chromium.launch({ ...(executablePath ? { executablePath } : {}), args: ['--no-sandbox', '--enable-unsafe-webgpu'] });
try {
  const page = await browser.newPage();
  await page.goto(server.resolvedUrls?.local[0] ?? 'http://localhost:4180/');
  const rows: string[][] = [];
  const alone: string[][] = [];
  for (const pack of given.length > 0 ? given : PACKS) {
    const folder = join(ROOT, pack);
    rows.push(...(await serving(page, folder, {}, () => measure(page, python, folder))));
    alone.push(...(await graphs(page, python, folder)));
  }
  const adapter = await page.evaluate(async () => {
    const { vendor = '', architecture = '' } = (await navigator.gpu?.requestAdapter())?.info ?? {};
    return `${vendor} ${architecture}`.trim() || 'none';
  });
  const words = [
    `\`npm run parity${given.length > 0 ? ` -- ${given.join(' ')}` : ''}\`; Chromium ${browser.version()}, WebGPU adapter: ${adapter}. PyTorch's numbers are those that the exporter stored in each pack's probe; of each graph's outputs the largest`,
    '|a - b| / (1 + |b|), in coarse precisions the mean error over the mean magnitude, which is what the engine checks at every start.',
  ];
  const first = table(['pack', 'variant', 'runs in', ...ROLES, 'allowed'], rows);
  const second = table(['pack', 'graph', 'outputs', 'onnxruntime', 'WASM, Chromium', 'WebGPU, Chromium', 'the last two apart'], alone);
  const about = [
    `Every graph by itself in ${EXACT} against PyTorch's model read back from the pack (\`python -m xdecoder.run.graphs\`), every number of every output, ${ALLOWED_ALONE} allowed.`,
    'A SEEM pack cannot be read back whole; there made-up inputs go to both providers.',
  ];
  write(`${words.join('\n')}\n\n${first}\n\n${about.join('\n')}\n\n${second}`);
} finally {
  await browser.close();
  await server.close();
}
process.exitCode = missed > 0 ? 1 : 0;
