/** From drop to overlay in the app: how much of it is not a graph. */
import { chromium } from '@playwright/test';
import { dropPhoto, type Overlay } from '../lib/app.ts';
import { ARGS, executable } from '../lib/browser.ts';
import { photos } from '../lib/context.ts';
import type { Part } from '../lib/part.ts';
import { median } from '../lib/runner.ts';
import { ms, percent, table } from '../lib/table.ts';

const GRAPHS = new Set(['image', 'base', 'text', 'ground']);

export const overhead: Part = {
  name: 'overhead',
  title: 'Overhead outside the graphs',
  async run(context) {
    const { url } = await context.app();
    const browser = await chromium.launch({ ...executable(), args: ARGS });
    try {
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
      page.setDefaultTimeout(120_000);
      await page.goto(`${url}/?inspect`);
      const [warm = '', ...rest] = photos();
      await dropPhoto(page, warm);
      const found: Overlay[] = [];
      for (let round = 0; round < Math.max(1, Math.ceil(context.rounds / 2)); round++) for (const photo of rest) found.push(await dropPhoto(page, photo));
      const stages = [...new Set(found.flatMap((f) => Object.keys(f.timings)))];
      const inGraphs = (f: Overlay): number => Object.entries(f.timings).reduce((sum, [stage, t]) => sum + (GRAPHS.has(stage) ? t : 0), 0);
      const named = (f: Overlay): number => Object.values(f.timings).reduce((sum, t) => sum + t, 0);
      const share = median(found.map((f) => (f.ms - inGraphs(f)) / f.ms));
      const row = (title: string, of: (f: Overlay) => number) => [title, ms(median(found.map(of))), percent(median(found.map((f) => of(f) / f.ms)))];
      return [
        `The built app with the default pack on WASM, ${rest.length} sample photos in a warm page, from the drop to the second frame after the regions are there. **Outside the graphs: ${percent(share)}** (aim: at most 10 %).`,
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
    } finally {
      await browser.close();
    }
  },
};
