/**
 * A pack's numbers on every provider, against those of PyTorch that the exporter stored in its probe.
 *
 *     npm run parity -- [PACK FOLDER...]      a Markdown row an output; exit code 1 on a miss
 *
 * WASM runs in Node and in Chromium, WebGPU in Chromium (on a software adapter where there is no graphics card).
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Page } from '@playwright/test';
import { build, preview } from 'vite';
import type { DeviceReport, Provider } from '../src/engine/api.ts';
import { parseManifest } from '../src/engine/pack/manifest.ts';
import { createNodeEngine, packSource } from '../src/cli/engine.node.ts';
import { findChromium } from './chromium.ts';

const ROOT = join(import.meta.dirname, '..');
const CONFIG = join(ROOT, 'e2e/headless/vite.config.ts');
const PACKS = ['public/models/default', 'e2e/fixtures/packs/tiny', 'e2e/fixtures/packs/tiny-seem'];

const { signal } = new AbortController();

async function inNode(folder: string, variant: string): Promise<DeviceReport> {
  const engine = createNodeEngine({ variant });
  try {
    return (await engine.load(await packSource(folder), { signal })).device;
  } finally {
    engine.dispose();
  }
}

function inBrowser(page: Page, provider: Provider, variant: string): Promise<DeviceReport> {
  return page.evaluate(async ([wanted, id]) => {
    const engine = window.makeEngine({ providers: [wanted], variant: id });
    try {
      return (await engine.load({ kind: 'url', manifest: 'measured/manifest.json' }, { signal: new AbortController().signal })).device;
    } finally {
      engine.dispose();
    }
  }, [provider, variant] as const);
}

let missed = 0;

function row(pack: string, where: string, variant: string, report: DeviceReport | string): void {
  if (typeof report === 'string') {
    console.log(`| ${pack} | ${variant} | ${where} | - | - | - | ${report} |`);
    return;
  }
  for (const { output, error, allowed } of report.probe) {
    if (!(error <= allowed)) missed++;
    console.log(`| ${pack} | ${variant} | ${where} | ${output} | ${error.toExponential(1)} | ${allowed} | ${error <= allowed ? 'yes' : 'no'} |`);
  }
}

const said = (error: unknown): string => (error instanceof Error ? error.message.split('\n')[0] ?? '' : String(error));

async function measure(page: Page, folder: string): Promise<void> {
  const { name, variants } = parseManifest(await readFile(join(folder, 'manifest.json'), 'utf8'), folder);
  await page.route('**/measured/**', async (route) => {
    const path = new URL(route.request().url()).pathname.split('/measured/')[1] ?? '';
    await route.fulfill({ body: await readFile(join(folder, path)), contentType: 'application/octet-stream' });
  });
  for (const { id, providers, requires } of variants) {
    if (providers.includes('wasm')) {
      row(name, 'WASM, Node', id, await inNode(folder, id).catch(said));
      row(name, 'WASM, Chromium', id, await inBrowser(page, 'wasm', id).catch(said));
    }
    if (providers.includes('webgpu')) row(name, 'WebGPU, Chromium', id, await inBrowser(page, 'webgpu', id).catch((error: unknown) => `${said(error)} (needs ${requires.join(', ') || 'an adapter'})`));
  }
  await page.unroute('**/measured/**');
}

await build({ configFile: CONFIG, logLevel: 'warn' });
const server = await preview({ configFile: CONFIG, preview: { port: 4180 } });
const executablePath = findChromium();
const browser = await chromium.launch({ ...(executablePath ? { executablePath } : {}), args: ['--no-sandbox', '--enable-unsafe-webgpu'] });
try {
  const page = await browser.newPage();
  await page.goto(server.resolvedUrls?.local[0] ?? 'http://localhost:4180/');
  console.log('| pack | variant | where | output | error | allowed | within |\n|---|---|---|---|---|---|---|');
  const given = process.argv.slice(2);
  for (const folder of given.length > 0 ? given : PACKS.map((pack) => join(ROOT, pack))) await measure(page, folder);
} finally {
  await browser.close();
  await server.close();
}
process.exitCode = missed > 0 ? 1 : 0;
