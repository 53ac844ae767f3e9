/** What was measured on. */
import { availableParallelism, cpus, totalmem } from 'node:os';
import { chromium } from '@playwright/test';
import { ARGS, executable } from './browser.ts';

export interface Machine {
  readonly cores: number;
  readonly line: string;
  /** A graphics card, and no software stand-in for one. */
  readonly realGpu: boolean;
}

export async function inspectMachine(url: string): Promise<Machine> {
  const browser = await chromium.launch({ ...executable(), args: ARGS });
  try {
    const page = await browser.newPage();
    await page.goto(url);
    const adapter = await page.evaluate(async () => {
      const found = await navigator.gpu?.requestAdapter({ powerPreference: 'high-performance' });
      if (!found) return null;
      const { vendor, architecture, description, isFallbackAdapter } = found.info;
      return { name: [vendor, architecture, description].filter(Boolean).join(' '), fallback: isFallbackAdapter };
    });
    const software = !adapter || adapter.fallback || /swiftshader|llvmpipe|lavapipe|softpipe|basic render/i.test(adapter.name);
    const gpu = adapter ? `${adapter.name}${software ? ' (software: no WebGPU times are given)' : ''}` : 'none';
    const cores = availableParallelism();
    const line = `${cores} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB; Chromium ${browser.version()}, Node ${process.version}; WebGPU adapter: ${gpu}`;
    return { cores, line, realGpu: !software };
  } finally {
    await browser.close();
  }
}
