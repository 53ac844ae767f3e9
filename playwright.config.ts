import { availableParallelism } from 'node:os';
import { defineConfig } from '@playwright/test';
import { findChromium } from './scripts/chromium.ts';

const executablePath = findChromium();

/** The built site is what is tested: bundling is where workers and wasm break. */
const serve = (config: string, port: number) => ({
  command: `npx vite build ${config} --logLevel warn && npx vite preview ${config} --port ${port} --strictPort`,
  port,
  timeout: 300_000,
  reuseExistingServer: !process.env['CI'],
});

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  // Two at a time on two cores, a software WebGPU adapter among them: each may take long. One that hangs takes this twice.
  timeout: 180_000,
  expect: { timeout: 60_000 },
  workers: availableParallelism() > 1 ? 2 : 1,
  // A machine that is slow for a moment fails a time limit; a test that fails twice is wrong.
  retries: process.env['CI'] ? 1 : 0,
  forbidOnly: Boolean(process.env['CI']),
  reporter: [['list'], ['json', { outputFile: 'test-results/e2e.json' }]],
  use: {
    // Tests that are about it let it in; elsewhere it would hide requests that tests want to bend.
    serviceWorkers: 'block',
    baseURL: 'http://localhost:4173/',
    viewport: { width: 1440, height: 900 },
    launchOptions: {
      ...(executablePath ? { executablePath } : {}),
      // WebGPU without a graphics card is SwiftShader: slow and right.
      args: ['--no-sandbox', '--enable-unsafe-webgpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    },
    // Recording doubles the time of every test on two cores. To see what a failed one did: --trace on.
    trace: 'off',
  },
  webServer: [serve('', 4173), serve('--config e2e/headless/vite.config.ts', 4174)],
});
