/** What each thing that a person does costs after a picture was opened, beside the plain way of computing it. */
import type { TaskId, TaskInputs } from '../../src/engine/index.ts';
import { InBrowser, openPage, runTask } from '../lib/browser.ts';
import { type Context, type PackFolder, photos, say } from '../lib/context.ts';
import type { Part } from '../lib/part.ts';
import { type Axes, axesOf, type GraphEntry, inTurns, median, MOST_ROUNDS, specOf } from '../lib/runner.ts';
import { ms, percent, table, times } from '../lib/table.ts';
import type { Timed } from '../page/main.ts';

const PHRASES = ['the sky', 'the cup on the left', 'a person in red', 'the largest tree', 'the table', 'the window', 'something to drink', 'the floor'];
/** Of each kind; the model answers the first alone, and looks the others up on the picture too (docs/decisions/0018). */
const QUESTIONS = {
  question: ['how many chairs are there?', 'what is on the table?', 'what is this?', 'who is there?', 'where is it?', 'how many people are there?', 'what is in front?', 'what is behind it?'],
  'question, whether there is one': ['is there a person?', 'is there a cup?', 'is there a tree?', 'is there a dog?', 'is there a car?', 'is there a table?', 'is there a window?', 'is there a boat?'],
  'question, of what colour it is': ['what colour is the wall?', 'what colour is the floor?', 'what colour is the sky?', 'what colour is the cup?', 'what colour is the table?', 'what colour is the tree?', 'what colour is the car?', 'what colour is the door?'],
} as const;
type Asked = keyof typeof QUESTIONS;
const ASKED = Object.keys(QUESTIONS) as Asked[];
const NEW_NAMES = ['kettle', 'harbour', 'violin', 'meadow', 'lantern', 'anchor', 'saddle', 'orchard'];
/** For a pack without presets. */
const FEW_NAMES = ['person', 'table', 'cup', 'wall', 'floor', 'sky', 'tree', 'building', 'water', 'chair'];
/** Names of a vocabulary that the plain way encodes again at every edit. */
const VOCABULARY = 150;

/** Graph times of the plain way, at the size of the task that it serves. */
async function plainTimes(context: Context, pack: PackFolder, threads: number): Promise<Record<string, number>> {
  const { url } = await context.page();
  const runner = await InBrowser.start(url, 'wasm', threads);
  try {
    const plain = context.plain(pack.name);
    const int8 = pack.manifest.variants.find((v) => v.id === 'int8')?.graphs ?? {};
    const [height, width] = pack.size;
    const side = (task: string): number => {
      const size = pack.manifest.sizes[pack.manifest.tasks[task]?.size ?? ''];
      return size ? Math.ceil(size.shortSide / 32) * 32 : height;
    };
    const at = (task: string, more: Axes = {}): Axes => axesOf(side(task), side(task), more);
    const wanted: Record<string, [entry: GraphEntry | undefined, folder: 'pack' | 'plain', axes: Axes]> = {
      image: [int8['image'], 'pack', axesOf(height, width)],
      base: [int8['base'], 'pack', axesOf(height, width)],
      ground: [plain.graphs['plain_ground'], 'plain', axesOf(height, width)],
      text: [int8['text'], 'pack', axesOf(height, width)],
      names: [int8['text'], 'pack', axesOf(height, width, { texts: VOCABULARY, tokens: 6 })],
      captionImage: [int8['image'], 'pack', at('caption')],
      caption: [plain.graphs['plain_caption'], 'plain', at('caption')],
      vqaImage: [int8['image'], 'pack', at('vqa')],
      vqa: [int8['vqa'], 'pack', at('vqa')],
    };
    const out: Record<string, number> = {};
    // One at a time: the plain caption of Focal-T alone takes half a gigabyte.
    for (const [name, [entry, where, axes]] of Object.entries(wanted)) {
      if (!entry) continue;
      const spec = where === 'pack' ? specOf(pack.folder, pack.url, entry, axes) : specOf(plain.folder, plain.url, entry, axes);
      const [found] = await inTurns([{ runner, spec }], pack.name === 'focalt' ? Math.min(MOST_ROUNDS, context.rounds) : context.rounds);
      if (found?.failure) say(`plain ${name}: ${found.failure}`);
      out[name] = found?.ms ?? NaN;
    }
    return out;
  } finally {
    await runner.end();
  }
}

interface Row {
  readonly what: string;
  readonly ms: number;
  readonly graphs: string;
  /** The plain way from the picture on, and from its features on; NaN where that means nothing. */
  readonly again: number;
  readonly kept: number;
}

async function measure(context: Context, pack: PackFolder): Promise<string> {
  const { cores } = await context.machine();
  const threads = Math.min(4, cores);
  const plain = await plainTimes(context, pack, threads);
  const { url } = await context.page();
  const { browser, page } = await openPage(url);
  const rounds = Math.min(context.rounds, PHRASES.length);
  try {
    const report = await page.evaluate(([m, n]) => window.bench.load(m, { providers: ['wasm'], threads: n }), [`${pack.url}/manifest.json`, threads] as const);
    const preset = report.presets.find((p) => p.id === report.defaultPreset);
    const names = preset?.names ?? FEW_NAMES;
    const vocabulary = { names, isThing: preset?.isThing ?? names.map(() => true) };
    // Focal-T answers with a checkpoint of its own.
    const answers = report.tasks.vqa.available;
    const [height, width] = pack.size;
    const photo = `/samples/${photos()[0] ?? ''}`;
    const spent: Record<string, number[]> = {};
    const graphsOf: Record<string, string> = {};
    const note = (what: string, run: Timed, value = run.ms): void => {
      (spent[what] ??= []).push(value);
      graphsOf[what] = [...new Set(run.graphs)].join(', ') || 'none';
    };
    const task = <T extends TaskId>(name: T, input: TaskInputs[T]): Promise<Timed> => runTask(page, name, input);
    for (let round = -1; round < rounds; round++) {
      say(`${pack.name}: round ${round + 1} of ${rounds}`);
      const opening = await page.evaluate(([p, w, h]) => window.bench.open(p, w, h), [photo, width, height] as const);
      const seen = await task('panoptic', { vocabulary });
      const added = await task('panoptic', { vocabulary: { names: [...names, `${NEW_NAMES.at(round) ?? ''} ${round}`], isThing: [...vocabulary.isThing, true] } });
      const removed = await task('panoptic', { vocabulary });
      const second = await task('instance', { vocabulary });
      const pick = await task('pick', { clicks: [{ x: width / 2, y: height / 2, positive: true }] });
      const phrase = await task('referring', { phrase: PHRASES.at(round) ?? '' });
      const first = await task('caption', {});
      const caption = await task('caption', {});
      const asked: [Asked, Timed][] = [];
      for (const kind of answers ? ASKED : []) {
        // What a question reads of the picture the next one of its kind finds.
        await task('vqa', { question: QUESTIONS[kind].at(round - 1) ?? '' });
        asked.push([kind, await task('vqa', { question: QUESTIONS[kind].at(round) ?? '' })]);
      }
      // The first round warms every graph.
      if (round < 0) continue;
      note('open a picture', seen, opening.ms + seen.ms);
      note('a name more', added);
      note('a name less', removed);
      note('second task (instances)', second);
      note('click', pick);
      note('new phrase', phrase);
      note('first caption, whole', first);
      const steps = caption.graphs.filter((g) => g === 'caption_step').length;
      note('caption, a word', { ...caption, graphs: ['caption_step'] }, (caption.timings['caption_step'] ?? NaN) / steps);
      for (const [kind, run] of asked) note(kind, run);
    }
    const hover = await page.evaluate(() => window.bench.hover());
    const get = (what: string): number => median(spent[what] ?? []);
    const t = (name: string): number => plain[name] ?? NaN;
    const row = (what: string, again: number, kept: number): Row => ({ what, ms: get(what), graphs: graphsOf[what] ?? '', again, kept });
    const rows: Row[] = [
      { what: 'hover', ms: hover, graphs: 'none', again: t('image') + t('base'), kept: t('base') },
      row('click', t('image') + t('base'), t('base')),
      row('a name less', t('names') + t('image') + t('base'), t('names') + t('base')),
      row('a name more', t('names') + t('image') + t('base'), t('names') + t('base')),
      row('second task (instances)', t('image') + t('base'), t('base')),
      row('new phrase', t('image') + t('text') + t('ground'), t('text') + t('ground')),
      row('caption, a word', t('captionImage') + t('caption'), t('caption')),
      // Looking up takes a map of the thing as well.
      ...(answers ? ASKED : []).map((kind) => {
        const map = kind === 'question' ? 0 : t('text') + t('base');
        const read = kind === 'question' ? 0 : t('image');
        return row(kind, t('vqaImage') + t('text') + t('vqa') + read + map, t('text') + t('vqa') + map);
      }),
    ];
    const whole = get('open a picture');
    return [
      `### ${pack.title}, ${report.device.precision}, WASM, ${threads} threads, photo of ${height} x ${width} px`,
      '',
      `Opening a picture, from its bytes to named regions: ${ms(whole)} ms. A first caption, which reads the picture at its own size: ${ms(get('first caption, whole'))} ms.`,
      '',
      table(
        ['interaction', 'ms', 'of opening', 'graphs', 'plain, picture again: ms', 'cheaper', 'plain, picture kept: ms', 'cheaper'],
        rows.map((r) => [r.what, ms(r.ms), percent(r.ms / whole), r.graphs, ms(r.again), times(r.again / r.ms), ms(r.kept), times(r.kept / r.ms)]),
      ),
    ].join('\n');
  } finally {
    await browser.close();
  }
}

export const interactions: Part = {
  name: 'interactions',
  title: 'Interactions beside the plain way',
  counted: (rounds) => `medians of ${rounds}`,
  async run(context) {
    const texts = [
      'Plain means: every query and no cache. Hover and click run the decoder, an edited vocabulary is encoded whole (150 names), a phrase runs the joint ' +
        'pass of latent queries, their copy and the phrase, a caption\'s word runs all 77 word rows, all latent queries and the whole text encoder, for one sentence; ours is one run for all sentences that the pack keeps, twelve of them in the default pack. ' +
        '"Picture again" reads the picture too, as a script that runs the model for each request does; "picture kept" does not, and shows what the split of the decoder alone gives. ' +
        'Plain graphs are timed alone, without tokenising or masks; ours as the page waits for them.',
    ];
    for (const name of context.packs) texts.push(await measure(context, context.pack(name)));
    return texts.join('\n\n');
  },
};
