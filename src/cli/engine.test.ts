/** The whole engine in Node, on real packs: what fuzzed packs and pictures do to it, and what it computes only once. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import sharp from 'sharp';
import type { Engine, PackSource, PictureId } from '../engine/api.ts';
import { EngineError } from '../engine/errors.ts';
import { MemoryStore } from '../engine/weights/store.ts';
import { TASKS } from '../tasks/table.ts';
import { TASK_IDS, type TaskId, type TaskInputs, type Vocabulary } from '../tasks/types.ts';
import { createNodeEngine, packSource } from './engine.node.ts';

const PACKS = join(import.meta.dirname, '../../e2e/fixtures/packs');
const SAMPLE = join(import.meta.dirname, '../../public/samples/coffee.jpg');
const signal = new AbortController().signal;

async function filesOf(pack: string): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  for (const entry of await readdir(join(PACKS, pack), { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) files.set(relative(join(PACKS, pack), path), await readFile(path));
  }
  return files;
}

const source = (files: ReadonlyMap<string, Buffer>): PackSource => ({ kind: 'files', name: 'fuzzed', files: new Map([...files].map(([path, bytes]) => [path, new Blob([new Uint8Array(bytes)])])) });

/** Hashes and sizes as the files are now: what is broken gets past the download and meets the runtime. */
function signed(files: Map<string, Buffer>): Map<string, Buffer> {
  const manifest = JSON.parse(files.get('manifest.json')?.toString() ?? '') as { files: { path: string; bytes: number; sha256: string[] }[] };
  for (const entry of manifest.files) {
    const bytes = files.get(entry.path) ?? Buffer.alloc(0);
    entry.bytes = bytes.length;
    entry.sha256 = bytes.length > 0 ? [createHash('sha256').update(bytes).digest('hex')] : [];
  }
  return new Map([...files, ['manifest.json', Buffer.from(JSON.stringify(manifest))]]);
}

/** Loads the pack and looks at a picture: an answer or a named error, never anything else. */
async function attempt(pack: PackSource): Promise<EngineError | null> {
  const engine = createNodeEngine({ threads: 1 });
  try {
    await engine.load(pack, { signal });
    const { id } = await engine.open(new Blob([await readFile(SAMPLE)]), { signal });
    await engine.run('panoptic', id, { vocabulary: { names: ['cup', 'table'] }, outputSize: { width: 60, height: 40 } }, { signal });
    return null;
  } catch (error) {
    expect(error).toBeInstanceOf(EngineError);
    return error as EngineError;
  } finally {
    engine.dispose();
  }
}

describe('a pack that is broken', () => {
  let tiny = new Map<string, Buffer>();
  beforeAll(async () => {
    tiny = await filesOf('tiny');
  });
  const change = fc.record({ file: fc.nat(), at: fc.double({ min: 0, max: 1, noNaN: true }), kind: fc.constantFrom('flip', 'cut', 'zero', 'grow'), bit: fc.nat(7) });
  type Change = typeof change extends fc.Arbitrary<infer C> ? C : never;

  function broken(files: ReadonlyMap<string, Buffer>, { file, at, kind, bit }: Change, among: readonly string[]): Map<string, Buffer> {
    const path = among[file % among.length] ?? '';
    const bytes = Buffer.from(files.get(path) ?? Buffer.alloc(1));
    const place = Math.min(bytes.length - 1, Math.floor(at * bytes.length));
    if (kind === 'flip') bytes[place] = (bytes[place] ?? 0) ^ (1 << bit);
    if (kind === 'zero') bytes.fill(0, place, Math.min(bytes.length, place + 64));
    const made = kind === 'cut' ? bytes.subarray(0, place) : kind === 'grow' ? Buffer.concat([bytes, Buffer.from('more')]) : bytes;
    return new Map([...files, [path, made]]);
  }

  it('in any file is refused by the name of that file', async () => {
    const among = [...tiny.keys()].filter((path) => path !== 'manifest.json');
    await fc.assert(
      fc.asyncProperty(change, async (how) => {
        const failure = await attempt(source(broken(tiny, how, among)));
        const path = among[how.file % among.length] ?? '';
        // A run of zeros may have been zeros before, and a file that is merely longer is read as far as it is described.
        if (failure) expect(failure).toMatchObject({ stage: 'download', message: expect.stringContaining(path) });
        else expect(['zero', 'grow']).toContain(how.kind);
      }),
      { numRuns: 20 },
    );
  }, 120_000);

  it('though its hashes agree, ends in an answer or a named error', async () => {
    const among = [...tiny.keys()].filter((path) => /\.(onnx|bin|f32)$/.test(path) || /probe|tokenizer/.test(path));
    const met = new Set<string>();
    await fc.assert(
      fc.asyncProperty(change, async (how) => {
        const failure = await attempt(source(signed(broken(tiny, how, among))));
        met.add(failure?.stage ?? 'answered');
      }),
      { numRuns: 25 },
    );
    expect(met.size).toBeGreaterThan(1);
  }, 180_000);
});

describe('an open engine', () => {
  let engine: Engine;
  let id: PictureId;
  beforeAll(async () => {
    engine = createNodeEngine({ threads: 1 });
    await engine.load(await packSource(join(PACKS, 'tiny')), { signal });
    id = (await engine.open(new Blob([await readFile(SAMPLE)]), { signal })).id;
  }, 60_000);
  afterAll(() => engine.dispose());

  it('survives every broken picture, and names what is wrong', async () => {
    const raw = { create: { width: 40, height: 30, channels: 3, background: '#a52' } } as const;
    const pictures = await Promise.all([sharp(raw).jpeg().toBuffer(), sharp(raw).png().toBuffer(), sharp(raw).webp().toBuffer(), sharp(raw).gif().toBuffer(), sharp(raw).avif().toBuffer(), Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="5" height="5"/></svg>')]);
    const edit = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), byte: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...pictures), fc.array(edit, { maxLength: 6 }), fc.option(fc.double({ min: 0, max: 1, noNaN: true })), async (picture, edits, cut) => {
        const bytes = Uint8Array.from(picture);
        for (const { at, byte } of edits) bytes[Math.min(bytes.length - 1, Math.floor(at * bytes.length))] = byte;
        const blob = new Blob([cut === null ? bytes : bytes.slice(0, Math.floor(cut * bytes.length))]);
        const opened = await engine.open(blob, { signal }).catch((error: unknown) => error);
        if (opened instanceof Error) expect(opened).toMatchObject({ name: 'EngineError', stage: 'decode' });
        else await engine.close((opened as { id: PictureId }).id);
      }),
      { numRuns: 120 },
    );
    expect((await engine.inspect()).pictures).toBe(1);
  }, 120_000);

  it('refuses every kind of wrong request by name and goes on', async () => {
    const wrong: readonly (() => Promise<unknown>)[] = [
      () => engine.run('referring', id, { phrase: '   ' }, { signal }),
      () => engine.run('panoptic', id, { vocabulary: { names: [] } }, { signal }),
      () => engine.run('panoptic', id, { vocabulary: { names: ['a'], isThing: [] } }, { signal }),
      () => engine.run('semantic', id, { vocabulary: { names: ['a', ' '] } }, { signal }),
      () => engine.run('semantic', id, { vocabulary: { names: ['a'] }, outputSize: { width: 1e6, height: 1e6 } }, { signal }),
      () => engine.run('pick', id, {}, { signal }),
      () => engine.run('pick', id, { clicks: [{ x: NaN, y: 1, positive: true }] }, { signal }),
      () => engine.run('pick', id, { clicks: [{ x: 9000, y: 1, positive: true }] }, { signal }),
      () => engine.run('pick', id, { clicks: [{ x: 9, y: 1, positive: true }], part: [500, 0, 200, 200] }, { signal }),
      () => engine.run('pick', id, { clicks: [{ x: 9, y: 1, positive: true }], part: [0, 0, 10.5, 10.5] }, { signal }),
      () => engine.run('region_caption', id, { region: { width: 2, height: 2, data: new Uint8Array(4) } }, { signal }),
      () => engine.run('vqa', id, { question: '' }, { signal }),
    ];
    for (const ask of wrong) await expect(ask()).rejects.toMatchObject({ name: 'EngineError', code: 'bad-input', stage: 'input' });
    expect((await engine.run('referring', id, { phrase: 'a cup' }, { signal })).output.size).toEqual({ width: 600, height: 400 });
  });

  it('takes any words: no phrase crashes it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', minLength: 1, maxLength: 200 }), async (phrase) => {
        const run = await engine.run('referring', id, { phrase, outputSize: { width: 12, height: 8 } }, { signal }).catch((error: unknown) => error);
        if (run instanceof Error) expect(run).toMatchObject({ code: 'bad-input' });
        else expect((run as { output: { score: number } }).output.score).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 30 },
    );
  }, 60_000);
});

it('a SEEM pack picks by real prompts, another among its proposals', async () => {
  for (const [pack, graphs] of [['tiny-seem', ['image', 'prompt', 'prompted']], ['tiny', ['image', 'base']]] as const) {
    const engine = createNodeEngine({ threads: 1 });
    const report = await engine.load(await packSource(join(PACKS, pack)), { signal });
    expect(report.tasks.pick).toEqual({ available: true });
    const { id } = await engine.open(new Blob([await readFile(SAMPLE)]), { signal });
    const run = await engine.run('pick', id, { clicks: [{ x: 300, y: 200, positive: true }] }, { signal });
    expect(run.graphs).toEqual(graphs);
    expect(run.output.mask).toHaveLength(600 * 400);
    for (const [task, able] of Object.entries(report.tasks)) if (!able.available) expect(able.reason, task).toMatch(/\w+ \w+/);
    engine.dispose();
  }
}, 60_000);

it('a part that is looked at closer is read once, answers for itself alone, and only clicks within it', async () => {
  const engine = createNodeEngine({ threads: 1 });
  await engine.load(await packSource(join(PACKS, 'tiny-seem')), { signal });
  const { id } = await engine.open(new Blob([await readFile(SAMPLE)]), { signal });
  const [inside, beside] = [{ x: 300, y: 200, positive: true }, { x: 20, y: 20, positive: false }];
  const part = [200, 120, 180, 180] as const;
  const outputSize = { width: 300, height: 200 };
  const whole = await engine.run('pick', id, { clicks: [inside], outputSize }, { signal });
  const near = await engine.run('pick', id, { clicks: [inside], part, outputSize }, { signal });
  const again = await engine.run('pick', id, { clicks: [inside, { x: 310, y: 290, positive: false }], part, outputSize }, { signal });
  expect([whole.graphs, near.graphs, again.graphs]).toEqual([['image', 'prompt', 'prompted'], ['image', 'prompt', 'prompted'], ['prompt', 'prompt', 'prompted']]);
  expect([whole.output.part, near.output.part, again.output.part]).toEqual([null, part, part]);
  const places = [...near.output.mask.keys()].filter((i) => near.output.mask[i] === 1);
  expect(places).toHaveLength(near.output.area);
  expect(near.output.mask[100 * 300 + 150]).toBe(1);
  for (const i of places) expect(i % 300 >= 100 && i % 300 < 190 && i >= 60 * 300 && i < 150 * 300).toBe(true);
  // The same pixels as a picture of their own say the same.
  const cut = await sharp(await readFile(SAMPLE)).extract({ left: 200, top: 120, width: 180, height: 180 }).png().toBuffer();
  const own = await engine.open(new Blob([new Uint8Array(cut)]), { signal });
  const alone = await engine.run('pick', own.id, { clicks: [{ x: 100, y: 80, positive: true }], outputSize: { width: 90, height: 90 } }, { signal });
  expect([alone.output.area, alone.output.score]).toEqual([near.output.area, near.output.score]);
  // A click beside the part, and marks of other kinds, are about all of the picture.
  for (const marks of [{ clicks: [inside, beside] }, { clicks: [inside], box: [200, 100, 100, 100] as const }]) {
    const { output, graphs } = await engine.run('pick', id, { ...marks, part, outputSize }, { signal });
    expect([output.part, graphs.includes('image')]).toEqual([null, false]);
    expect(output).toEqual((await engine.run('pick', id, { ...marks, outputSize }, { signal })).output);
  }
  engine.dispose();
}, 60_000);

it('a task mirrored at its own size gives the mirrored picture the mirrored answer, and sees each once', async () => {
  const files = await filesOf('tiny');
  const told = (mirrored: string | null): PackSource => {
    const manifest = JSON.parse(files.get('manifest.json')?.toString() ?? '') as { tasks: Record<string, { options: Record<string, unknown> }> };
    for (const task of ['semantic', 'panoptic']) Object.assign(manifest.tasks[task]?.options ?? {}, { mirrored, objectMask: 0, overlap: 0 });
    return source(new Map([...files, ['manifest.json', Buffer.from(JSON.stringify(manifest))]]));
  };
  // Of a width that is not padded: the padding is on one side.
  const photo = sharp(await readFile(SAMPLE)).resize(96, 64);
  const [upright, turned] = await Promise.all([photo.clone(), photo.clone().flop()].map(async (p) => new Blob([new Uint8Array(await p.png().toBuffer())])));
  const vocabulary = { names: ['floor', 'red cup', 'wall', 'spoon', 'sky'] };
  const across = (labels: Uint16Array): number[] => Array.from(labels, (_, i) => labels[i - (i % 96) + 95 - (i % 96)] as number);
  const differing = (a: Iterable<number>, b: readonly number[]): number => [...a].filter((v, i) => v !== b[i]).length;
  const engine = createNodeEngine({ threads: 1 });
  const maps: Uint16Array[] = [];
  for (const mirrored of [null, 'segmentation']) {
    await engine.load(told(mirrored), { signal });
    for (const picture of [upright, turned] as Blob[]) {
      const { id } = await engine.open(picture, { signal });
      const { output, graphs } = await engine.run('semantic', id, { vocabulary }, { signal });
      maps.push(output.labels);
      expect(graphs.filter((g) => g !== 'text')).toEqual(mirrored ? ['image', 'base', 'image', 'base'] : ['image', 'base']);
      expect((await engine.run('panoptic', id, { vocabulary }, { signal })).graphs).toEqual([]);
    }
  }
  const [plain, plainTurned, both, bothTurned] = maps as [Uint16Array, Uint16Array, Uint16Array, Uint16Array];
  expect(differing(plainTurned, across(plain))).toBeGreaterThan(60);
  expect(differing(both, [...plain])).toBeGreaterThan(60);
  expect(differing(bothTurned, across(both))).toBeLessThan(6);
  engine.dispose();
}, 60_000);

it('every task runs graphs of its row in the table, and no others', async () => {
  // Words of each task's own, so that none has been encoded.
  const vocabulary = (...names: string[]): Vocabulary => ({ names });
  const inputs: TaskInputs = {
    semantic: { vocabulary: vocabulary('blue cup') }, panoptic: { vocabulary: vocabulary('red cup') }, instance: { vocabulary: vocabulary('green cup') }, referring: { phrase: 'the cup' }, pick: { clicks: [{ x: 300, y: 200, positive: true }] },
    caption: {}, region_caption: { region: { width: 1, height: 1, data: Uint8Array.of(1) } }, vqa: { question: 'is there a cup?' }, retrieval: {}, region_retrieval: { query: 'a cup' },
  };
  const ran = new Map<TaskId, Set<string>>();
  for (const pack of ['tiny', 'tiny-seem']) {
    const engine = createNodeEngine({ threads: 1 });
    const report = await engine.load(await packSource(join(PACKS, pack)), { signal });
    for (const task of TASK_IDS) {
      if (!report.tasks[task].available) continue;
      // A picture of its own, so that nothing is known of it.
      const { id } = await engine.open(new Blob([await readFile(SAMPLE)]), { signal });
      const { graphs } = await engine.run(task, id, inputs[task], { signal });
      expect(TASKS[task].graphs, `${task} of ${pack}`).toEqual(expect.arrayContaining([...new Set(graphs)]));
      ran.set(task, new Set([...(ran.get(task) ?? []), ...graphs]));
    }
    engine.dispose();
  }
  expect([...ran.keys()].toSorted()).toEqual([...TASK_IDS].toSorted());
  // A caption's choice by retrieval is an option that these packs lack.
  for (const [task, graphs] of ran) if (task !== 'caption') expect([...graphs].toSorted(), task).toEqual([...TASKS[task].graphs].toSorted());
}, 120_000);

it('a load that is cancelled during the self-check leaves the pack before', async () => {
  const engine = createNodeEngine({ threads: 1 });
  await engine.load(await packSource(join(PACKS, 'tiny')), { signal });
  const { id } = await engine.open(new Blob([await readFile(SAMPLE)]), { signal });
  const cancel = new AbortController();
  engine.subscribe((event) => {
    if (event.type === 'progress' && event.progress.stage === 'probe') cancel.abort();
  });
  await expect(engine.load(await packSource(join(PACKS, 'tiny-seem')), { signal: cancel.signal })).rejects.toMatchObject({ name: 'AbortError' });
  // The other pack would have prompted its decoder.
  expect((await engine.run('pick', id, { clicks: [{ x: 300, y: 200, positive: true }] }, { signal })).graphs).toEqual(['image', 'base']);
  engine.dispose();
}, 60_000);

it('a newer pack under the same name leaves nothing of the one before; one that can not be read any more is forgotten all the same', async () => {
  const store = new MemoryStore();
  const engine = createNodeEngine({ threads: 1 }, store);
  const [tiny, seem] = await Promise.all([filesOf('tiny'), filesOf('tiny-seem')]);
  await engine.load(source(tiny), { signal });
  await engine.load(source(seem), { signal });
  const whole = [...seem].reduce((sum, [path, bytes]) => (path === 'manifest.json' ? sum : sum + bytes.length), 0);
  expect(await store.bytes()).toBeLessThanOrEqual(whole);
  await engine.forget({ kind: 'kept', name: 'fuzzed' }, { signal });
  expect([await store.bytes(), await store.notes()]).toEqual([0, []]);
  await engine.forget({ kind: 'kept', name: 'fuzzed' }, { signal });
  engine.dispose();
}, 60_000);

it('a pack that is forgotten while it works goes on, tasks that were never asked for too', async () => {
  const store = new MemoryStore();
  const engine = createNodeEngine({ threads: 1 }, store);
  await engine.load(source(await filesOf('tiny')), { signal });
  await engine.load({ kind: 'kept', name: 'fuzzed' }, { signal });
  const { id } = await engine.open(new Blob([await readFile(SAMPLE)]), { signal });
  await engine.forget({ kind: 'kept', name: 'fuzzed' }, { signal });
  expect(await store.bytes()).toBe(0);
  expect((await engine.run('caption', id, {}, { signal })).output.tokenIds.length).toBeGreaterThan(0);
  await expect(engine.load({ kind: 'kept', name: 'fuzzed' }, { signal })).rejects.toMatchObject({ code: 'manifest-missing' });
  engine.dispose();
}, 60_000);

it('of two packs that share files the other one stays whole when one is forgotten', async () => {
  const store = new MemoryStore();
  const packs = await Promise.all(['tiny', 'tiny-seem'].map(async (name) => {
    const { files } = JSON.parse(await readFile(join(PACKS, name, 'manifest.json'), 'utf8')) as { files: { sha256: string[] }[] };
    return { source: await packSource(join(PACKS, name)), hashes: files.flatMap((f) => f.sha256) };
  }));
  const [one, other] = packs as [typeof packs[number], typeof packs[number]];
  const shared = one.hashes.filter((hash) => other.hashes.includes(hash));
  expect(shared.length).toBeGreaterThan(0);
  const engine = createNodeEngine({ threads: 1 }, store);
  for (const { source: pack } of packs) await engine.load(pack, { signal });
  await engine.forget(one.source, { signal });
  for (const hash of shared) expect(await store.has(hash)).toBe(true);
  for (const hash of one.hashes.filter((h) => !shared.includes(h))) expect(await store.has(hash)).toBe(false);
  await engine.forget(other.source, { signal });
  expect([await store.bytes(), await store.notes()]).toEqual([0, []]);
  engine.dispose();
}, 60_000);
