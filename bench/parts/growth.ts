/** How cost grows: with the picture, with the model's input, with the names, with the phrases. */
import { InBrowser, openPage, runTask } from '../lib/browser.ts';
import { type Context, photos, say } from '../lib/context.ts';
import type { Part } from '../lib/part.ts';
import { axesOf, inTurns, median, MOST_ROUNDS, specOf } from '../lib/runner.ts';
import { ms, table } from '../lib/table.ts';
import type { Timed } from '../page/main.ts';

const SIDES = [256, 512, 1024, 2048];
const NAMES = [10, 100, 500, 2000];
const PHRASES = [1, 5, 20];
const FIRST = ['red', 'old', 'tall', 'wooden', 'round', 'small', 'bright', 'broken', 'green', 'empty', 'heavy', 'narrow', 'soft', 'striped', 'wet', 'open', 'paper', 'glass', 'iron', 'plain'];
const SECOND = ['table', 'lamp', 'bridge', 'basket', 'flower', 'window', 'engine', 'shirt', 'bottle', 'fence', 'roof', 'ladder', 'boat', 'pillow', 'kettle', 'statue', 'path', 'clock', 'shelf', 'tower'];
const THIRD = ['left', 'right', 'above', 'below', 'near'];
/** Distinct names, no two alike between calls with different marks. */
const name = (i: number, mark: string): string => `${FIRST[i % 20] ?? ''} ${SECOND[Math.floor(i / 20) % 20] ?? ''} ${THIRD[Math.floor(i / 400) % 5] ?? ''} ${mark}`;

const graphsMs = ({ timings }: Timed): number => Object.entries(timings).reduce((sum, [stage, t]) => sum + (GRAPHS.has(stage) ? t : 0), 0);
const GRAPHS = new Set(['image', 'base', 'text', 'ground']);

async function inputs(context: Context, threads: number): Promise<string> {
  const pack = context.pack('default');
  const runner = await InBrowser.start((await context.page()).url, 'wasm', threads);
  try {
    const rows = [];
    for (const side of SIDES) {
      say(`input of ${side} px`);
      const cells = [];
      for (const graph of ['image', 'base', 'ground']) {
        const entry = pack.manifest.variants.find((v) => v.id === 'int8')?.graphs[graph];
        if (!entry) continue;
        const [found] = await inTurns([{ runner, spec: specOf(pack.folder, pack.url, entry, axesOf(side, side)) }], side > 1000 ? 1 : Math.min(MOST_ROUNDS, context.rounds));
        cells.push(found?.failure ? `failed: ${found.failure}` : ms(found?.ms ?? NaN));
      }
      rows.push([`${side} x ${side}`, ...cells]);
    }
    return `### With the model's input\n\nGraphs of the default pack (int8, ${threads} threads), ms. The pack itself never feeds more than 640 px on the long side.\n\n${table(['input', 'image', 'base', 'ground'], rows)}`;
  } finally {
    await runner.end();
  }
}

export const growth: Part = {
  name: 'growth',
  title: 'How cost grows',
  counted: (rounds) => `medians of ${Math.min(MOST_ROUNDS, rounds)}, one run where the model's input is larger than 1000 px`,
  async run(context) {
    const { cores } = await context.machine();
    const threads = Math.min(4, cores);
    const pack = context.pack('default');
    const rounds = Math.min(MOST_ROUNDS, context.rounds);
    const { browser, page } = await openPage((await context.page()).url);
    const texts = [];
    try {
      const report = await page.evaluate(([m, n]) => window.bench.load(m, { providers: ['wasm'], threads: n }), [`${pack.url}/manifest.json`, threads] as const);
      const names = report.presets.find((p) => p.id === report.defaultPreset)?.names ?? ['thing'];
      const photo = `/samples/${photos()[0] ?? ''}`;
      const open = (side: number) => page.evaluate(([p, n]) => window.bench.open(p, n, n), [photo, side] as const);
      await open(512);
      await runTask(page, 'panoptic', { vocabulary: { names } });
      await runTask(page, 'referring', { phrase: 'the first' });

      const sides = [];
      for (const side of SIDES) {
        const runs: { opening: number; total: number; graphs: number; head: number; resize: number }[] = [];
        for (let round = 0; round < rounds; round++) {
          const { ms: opening } = await open(side);
          const seen = await runTask(page, 'panoptic', { vocabulary: { names } });
          runs.push({ opening, total: opening + seen.ms, graphs: graphsMs(seen), head: seen.timings['head'] ?? NaN, resize: (seen.timings['resize'] ?? 0) + (seen.timings['prepare'] ?? 0) });
        }
        const of = (key: 'opening' | 'total' | 'graphs' | 'head' | 'resize'): string => ms(median(runs.map((r) => r[key])));
        sides.push([`${side} x ${side}`, of('total'), of('opening'), of('resize'), of('graphs'), of('head')]);
      }
      texts.push(`### With the picture\n\nDefault pack, ${report.device.precision}, WASM, ${threads} threads; ms from the file's bytes to named regions at the picture's size.\n\n${table(['picture', 'all', 'decode', 'resize', 'graphs', 'masks and names'], sides)}`);

      await open(512);
      await runTask(page, 'panoptic', { vocabulary: { names } });
      const vocabularies = [];
      for (const count of NAMES) {
        const fresh = { vocabulary: { names: Array.from({ length: count }, (_, i) => name(i, String(count))) } };
        const first = await runTask(page, 'panoptic', fresh);
        const again = [];
        for (let round = 0; round < rounds; round++) again.push((await runTask(page, 'panoptic', fresh)).ms);
        vocabularies.push([count.toLocaleString('en'), ms(first.ms), ms(first.timings['text'] ?? NaN), ms(median(again))]);
      }
      texts.push(`### With the names\n\nA vocabulary of names never seen before, on an open picture of 512 px; ms.\n\n${table(['names', 'first time', 'of it: text encoder', 'next time'], vocabularies)}`);

      const phrases = [];
      for (const count of PHRASES) {
        const start = performance.now();
        for (let i = 0; i < count; i++) await runTask(page, 'referring', { phrase: name(i, `phrase ${count}`) });
        phrases.push([count, ms(performance.now() - start), ms((performance.now() - start) / count)]);
      }
      texts.push(`### With the phrases\n\nOne after the other, on the same picture; ms.\n\n${table(['phrases', 'all', 'each'], phrases)}`);
    } finally {
      await browser.close();
    }
    texts.push(await inputs(context, threads));
    return texts.join('\n\n');
  },
};
