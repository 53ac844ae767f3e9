/** From drop to overlay in the app: how much of it is not a graph. */
import { chromium, type Browser } from '@playwright/test';
import { dropPhoto, type Overlay } from '../lib/app.ts';
import { ARGS, executable } from '../lib/browser.ts';
import { type PackFolder, photos } from '../lib/context.ts';
import type { Part } from '../lib/part.ts';
import { median } from '../lib/runner.ts';
import { serve } from '../lib/site.ts';
import { ms, percent, table } from '../lib/table.ts';

const GRAPHS = new Set(['image', 'base', 'text', 'ground']);
/** Each name takes 81 sentences where a pack has no preset: a few will do. */
const NAMES = ['person', 'sky', 'tree', 'building', 'cat', 'cup', 'flower', 'wall'];
const PATIENCE_MS = 300_000;
/** A person looks at a photo before the next: what the page still does for the one before is over by then. */
const REST_MS = 500;
/** Of each photo: there are five. */
const dropsOf = (rounds: number): number => Math.max(1, Math.ceil(rounds / 2));

/** Drops of all sample photos but the first, which loads the pack and reads the names. */
async function drops(browser: Browser, url: string, { name, title }: PackFolder, rounds: number): Promise<Overlay[]> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  page.setDefaultTimeout(PATIENCE_MS);
  try {
    await page.route('**/models/index.json', (route) => route.fulfill({ json: { packs: [{ name, title, manifest: `${name}/manifest.json`, bytes: 0 }], default: name } }));
    await page.goto(`${url}/?inspect${name === 'default' ? '' : `#list=own&with=${encodeURIComponent(NAMES.join('|'))}`}`);
    const [warm = '', ...rest] = photos();
    await dropPhoto(page, warm);
    const found: Overlay[] = [];
    for (let round = 0; round < rounds; round++) for (const photo of rest) {
      await page.waitForTimeout(REST_MS);
      found.push(await dropPhoto(page, photo));
    }
    return found;
  } finally {
    await page.close();
  }
}

function report({ title }: PackFolder, found: readonly Overlay[]): string {
  const stages = [...new Set(found.flatMap((f) => Object.keys(f.timings)))];
  const inGraphs = (f: Overlay): number => Object.entries(f.timings).reduce((sum, [stage, t]) => sum + (GRAPHS.has(stage) ? t : 0), 0);
  const named = (f: Overlay): number => Object.values(f.timings).reduce((sum, t) => sum + t, 0);
  const share = median(found.map((f) => (f.ms - inGraphs(f)) / f.ms));
  const row = (words: string, of: (f: Overlay) => number) => [words, ms(median(found.map(of))), percent(median(found.map((f) => of(f) / f.ms)))];
  return [
    `### ${title}`,
    '',
    `**Outside the graphs: ${percent(share)}** (aim: at most 10 %), ${ms(median(found.map((f) => f.ms - inGraphs(f))))} ms.`,
    '',
    table(
      ['stage', 'ms', 'share'],
      [
        ...stages.map((stage) => row(`${stage}${GRAPHS.has(stage) ? ' (graph)' : ''}`, (f) => f.timings[stage] ?? 0)),
        row('decoding for the screen, messages, outlines, drawing', (f) => f.ms - named(f)),
        row('drop to overlay', (f) => f.ms),
      ],
    ),
  ].join('\n');
}

export const overhead: Part = {
  name: 'overhead',
  title: 'Overhead outside the graphs',
  counted: (rounds) => `medians of ${dropsOf(rounds)} drops of each photo`,
  async run(context) {
    await context.app();
    const packs = context.packs.map((name) => context.pack(name));
    const site = await serve({ '/': context.appFolder, ...Object.fromEntries(packs.map(({ name, folder }) => [`/models/${name}/`, folder])) });
    const browser = await chromium.launch({ ...executable(), args: ARGS });
    try {
      const parts = [`The built app on WASM, ${photos().length - 1} sample photos half a second apart in a warm page, from the drop to the second frame after the regions are there.`];
      for (const pack of packs) parts.push(report(pack, await drops(browser, site.url, pack, dropsOf(context.rounds))));
      return parts.join('\n\n');
    } finally {
      await browser.close();
      site.close();
    }
  },
};
