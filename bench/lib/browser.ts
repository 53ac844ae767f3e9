/** A Chromium page that runs single graphs in a worker, as the engine does. */
import { type Browser, chromium, type Page } from '@playwright/test';
import type { TaskId, TaskInputs } from '../../src/engine/index.ts';
import { ensureChromium } from '../../scripts/chromium.ts';
import type { Timed } from '../page/main.ts';
import type { Profile } from '../page/profile.ts';
import type { Runner, Spec } from './runner.ts';

export const ARGS = ['--no-sandbox', '--enable-unsafe-webgpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
export const executable = (): { executablePath: string } => ({ executablePath: ensureChromium() });

export type Provider = 'wasm' | 'webgpu';

/** The benchmark's page in a browser of its own. */
export async function openPage(url: string): Promise<{ browser: Browser; page: Page }> {
  const browser = await chromium.launch({ ...executable(), args: ARGS });
  const page = await browser.newPage();
  page.setDefaultTimeout(600_000);
  await page.goto(url);
  return { browser, page };
}

/** A task of the engine on the page's open picture. */
export function runTask<T extends TaskId>(page: Page, task: T, input: TaskInputs[T]): Promise<Timed> {
  // As text: the page's types of what crosses over know nothing of generics.
  return page.evaluate(([name, json]) => window.bench.runTask(name, json), [task, JSON.stringify(input)] as const);
}

export class InBrowser implements Runner {
  readonly name: string;
  readonly threads: number;
  readonly #browser: Browser;
  readonly #page: Page;

  private constructor(name: string, threads: number, browser: Browser, page: Page) {
    this.name = name;
    this.threads = threads;
    this.#browser = browser;
    this.#page = page;
  }

  static async start(url: string, provider: Provider, threads: number, build: Provider = provider): Promise<InBrowser> {
    const { browser, page } = await openPage(url);
    await page.evaluate(([p, n, b]) => window.bench.startGraphs(p, n, b), [provider, threads, build] as const);
    return new InBrowser(provider, threads, browser, page);
  }

  async open(key: string, spec: Spec): Promise<void> {
    await this.#page.evaluate(([k, s]) => window.bench.graphs({ op: 'open', key: k, spec: s }), [key, spec] as const);
  }

  run(key: string): Promise<number> {
    return this.#page.evaluate((k) => window.bench.graphs({ op: 'run', key: k }), key);
  }

  async close(key: string): Promise<void> {
    await this.#page.evaluate((k) => window.bench.graphs({ op: 'close', key: k }), key);
  }

  profile(spec: Spec, rounds: number): Promise<Profile> {
    return this.#page.evaluate(([s, n]) => window.bench.profile(s, n), [spec, rounds] as const);
  }

  end(): Promise<void> {
    return this.#browser.close();
  }
}
