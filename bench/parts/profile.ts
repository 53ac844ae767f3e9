/** Which nodes the time of a graph goes to in WASM, by the runtime's own profile. */
import { InBrowser } from '../lib/browser.ts';
import { say } from '../lib/context.ts';
import type { Part } from '../lib/part.ts';
import { axesOf, specOf } from '../lib/runner.ts';
import { ms, percent, table } from '../lib/table.ts';

const GRAPHS = ['image', 'base', 'ground'];
/** The best precision also on two threads, beside one: what does not share its work shows. */
const RUNS = [{ id: 'fp16-storage', threads: 1 }, { id: 'int8', threads: 1 }, { id: 'int8', threads: 2 }];

export const profile: Part = {
  name: 'profile',
  title: 'What the time goes to',
  counted: (rounds) => `the least of ${rounds}; of 1 for Focal-T`,
  async run(context) {
    const { url } = await context.page();
    const texts = [
      'Graphs on WASM, by the profile of the runtime: for each node the least of all runs, summed by kind. (fp16-storage computes in float32.)',
    ];
    for (const name of context.packs) {
      const pack = context.pack(name);
      const [height, width] = pack.size;
      const columns: { title: string; kinds: Readonly<Record<string, number>>; sum: number }[] = [];
      const dearest: string[] = [];
      for (const graph of name === 'default' ? GRAPHS : ['image']) for (const { id, threads } of RUNS) {
        const entry = pack.manifest.variants.find((v) => v.id === id)?.graphs[graph];
        if (!entry) continue;
        const title = `${graph}, ${id}, ${threads} thr.`;
        say(`${name}: ${title}`);
        const runner = await InBrowser.start(url, 'wasm', threads);
        try {
          const { kinds, nodes } = await runner.profile(specOf(pack.folder, pack.url, entry, axesOf(height, width)), name === 'default' ? context.rounds : 1);
          const sum = Object.values(kinds).reduce((a, b) => a + b, 0);
          columns.push({ title, kinds, sum });
          if (graph === 'image') dearest.push(`Dearest nodes of ${title}: ${nodes.map((n) => `${n.shapes} ${ms(n.ms)} ms`).join('; ')}.`);
        } finally {
          await runner.end();
        }
      }
      const kinds = [...new Set(columns.flatMap((c) => Object.keys(c.kinds)))];
      const cell = (value: number, sum: number): string => `${ms(value)} (${percent(value / sum)})`;
      const rows = kinds.map((kind) => [kind, ...columns.map((c) => (c.kinds[kind] === undefined ? '-' : cell(c.kinds[kind], c.sum)))]);
      texts.push(`### ${pack.title}, ${height} x ${width} px\n\n${table(['ms', ...columns.map((c) => c.title)], [...rows, ['all', ...columns.map((c) => ms(c.sum))]])}\n\n${dearest.join('\n\n')}`);
    }
    return texts.join('\n\n');
  },
};
