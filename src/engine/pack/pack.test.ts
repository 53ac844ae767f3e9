/** Packs as people give them, and manifests that are refused. The tiny pack is real. */
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { BlobWriter, ZipWriter, BlobReader } from '@zip.js/zip.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PackSource } from '../api.ts';
import { EngineError } from '../errors.ts';
import { fetchFile } from '../weights/fetch-file.ts';
import { ByteProgress } from '../weights/progress.ts';
import { byteSource } from '../weights/source.ts';
import { MemoryStore } from '../weights/store.ts';
import { parseManifest } from './manifest.ts';
import { packFromFiles, packFromUrl } from './pack-from.ts';

const TINY = join(import.meta.dirname, '../../../e2e/fixtures/packs/tiny');
const MANIFEST = await readFile(join(TINY, 'manifest.json'), 'utf8');
const never = new AbortController().signal;
const offline: typeof fetch = () => Promise.reject(new Error('no network here'));

async function tiny(prefix = ''): Promise<Map<string, Blob>> {
  const files = new Map<string, Blob>();
  for (const entry of await readdir(TINY, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(prefix + relative(TINY, path), new Blob([await readFile(path)]));
  }
  return files;
}

async function zipped(files: ReadonlyMap<string, Blob>): Promise<Blob> {
  const writer = new ZipWriter(new BlobWriter('application/zip'), { useWebWorkers: false });
  for (const [path, blob] of files) await writer.add(path, new BlobReader(blob));
  return writer.close();
}

/** Every file of the pack through the source, checked against the manifest. */
async function fetchAll(source: PackSource | null, store: MemoryStore): Promise<number> {
  if (!source) throw new Error('no pack was found');
  const bytes = await byteSource(source, offline, store);
  const manifest = parseManifest(await bytes.manifestText(never), bytes.manifest);
  for (const file of manifest.files) await fetchFile(bytes, file, store, new ByteProgress(() => undefined), never);
  return manifest.files.length;
}

describe('what a person drops', () => {
  it('is a pack when it has a manifest.json, in whatever folder', async () => {
    const source = await packFromFiles(new Map([...(await tiny('my packs/tiny/')), ['my packs/readme.txt', new Blob(['hi'])], ['my packs/tiny/old/manifest.json', new Blob(['{}'])]]));
    expect(source).toMatchObject({ kind: 'files', name: 'tiny' });
    expect(await fetchAll(source, new MemoryStore())).toBeGreaterThan(10);
  });

  it('is a pack when it is one ZIP archive, packed in a folder or not', async () => {
    for (const prefix of ['', 'tiny/']) {
      const source = await packFromFiles(new Map([['tiny.zip', await zipped(await tiny(prefix))]]));
      expect(source).toMatchObject({ kind: 'zip', name: 'tiny.zip' });
      expect(await fetchAll(source, new MemoryStore())).toBeGreaterThan(10);
    }
  });

  it('is no pack when it is pictures', async () => {
    expect(await packFromFiles(new Map([['a.jpg', new Blob(['x'])], ['b.jpg', new Blob(['y'])]]))).toBeNull();
    expect(await packFromFiles(new Map([['a.jpg', new Blob(['x'])]]))).toBeNull();
    expect(await packFromFiles(new Map())).toBeNull();
  });

  it('is refused by name when the archive is broken, or holds no pack', async () => {
    const whole = await zipped(await tiny());
    for (const archive of [whole.slice(0, Math.floor(whole.size / 2)), await zipped(new Map([['a.txt', new Blob(['x'])]]))]) {
      await expect(fetchAll(await packFromFiles(new Map([['my.zip', archive]])), new MemoryStore())).rejects.toMatchObject({ code: 'manifest-missing', message: expect.stringContaining('my.zip') });
    }
  });

  it('names a file that is altered inside the archive', async () => {
    const files = await tiny();
    files.set('text.bin', new Blob([new Uint8Array(files.get('text.bin')?.size ?? 0)]));
    const source = await packFromFiles(new Map([['my.zip', await zipped(files)]]));
    await expect(fetchAll(source, new MemoryStore())).rejects.toMatchObject({ code: 'file-altered', message: expect.stringContaining('text.bin') });
  });

  it('loads again without its files once it was loaded', async () => {
    const store = new MemoryStore();
    await expect(fetchAll({ kind: 'kept', name: 'tiny' }, store)).rejects.toMatchObject({ code: 'manifest-missing' });
    const source = await packFromFiles(await tiny('tiny/'));
    await fetchAll(source, store);
    await store.keepNote('tiny/manifest.json', MANIFEST);
    expect(await fetchAll({ kind: 'kept', name: 'tiny' }, store)).toBeGreaterThan(10);
  });
});

it('an address is that of a manifest or of its folder', () => {
  for (const address of ['https://a.org/p/manifest.json', 'https://a.org/p', ' https://a.org/p/ ']) expect(packFromUrl(address)).toEqual({ kind: 'url', manifest: 'https://a.org/p/manifest.json' });
  expect(packFromUrl('models/x', 'https://a.org/app/')).toEqual({ kind: 'url', manifest: 'https://a.org/app/models/x/manifest.json' });
  expect(() => packFromUrl('no address')).toThrow(TypeError);
});

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Place = readonly (string | number)[];
const fresh = (): Json => JSON.parse(MANIFEST) as Json;

/** The same with another value in one place; `undefined` takes it out. */
function edited(json: Json, [key, ...rest]: Place, value: Json | undefined): Json | undefined {
  if (key === undefined) return value;
  if (Array.isArray(json)) {
    const changed = Array.from({ length: Math.max(json.length, Number(key) + 1) }, (_, i) => (i === key ? edited(json[i] ?? null, rest, value) : json[i]));
    return changed.filter((v) => v !== undefined);
  }
  if (json === null || typeof json !== 'object') return json;
  const { [key]: old = null, ...others } = json;
  const changed = edited(old, rest, value);
  return changed === undefined ? others : { ...others, [key]: changed };
}

describe('a manifest', () => {
  const parse = (json: Json | undefined): unknown => parseManifest(JSON.stringify(json) ?? '', 'pack/manifest.json');

  it('of the tiny pack is taken', () => expect(parse(fresh())).toMatchObject({ name: 'tiny' }));

  const edits: readonly (readonly [string, Place, Json | undefined, RegExp])[] = [
    ['of another schema', ['schema'], 2, /schema/],
    ['with a path out of its folder', ['files', 0, 'path'], '../secret', /path must stay inside/],
    ['with an absolute path', ['tokenizer', 'file'], 'https://a.org/t.json', /path must stay inside/],
    ['with a hash too few', ['files', 0, 'sha256', 0], undefined, /hashes/],
    ['with a hash that is none', ['files', 0, 'sha256', 0], 'abc', /sha256/],
    ['that uses a file it does not list', ['variants', 0, 'graphs', 'image', 'file'], 'other.onnx', /other\.onnx is used/],
    ['whose task has an unknown size', ['tasks', 'panoptic', 'size'], 'huge', /huge/],
    ['whose task wants a graph that is not there', ['tasks', 'panoptic', 'graphs', 0], 'magic', /magic/],
    ['without variants', ['variants'], [], /variant/],
    ['with a standard deviation of zero', ['preprocess', 'std', 1], 0, /std/],
    ['with a padding that levels do not fit', ['preprocess', 'padMultiple'], 48, /padMultiple/],
    ['whose default preset is missing', ['defaultPreset'], 'mine', /mine/],
  ];
  for (const [what, place, value, says] of edits) {
    it(`${what} is refused in a sentence`, () => {
      expect(() => parse(edited(fresh(), place, value))).toThrow(says);
    });
  }

  it('that is a web page, or no JSON, is told apart', () => {
    expect(() => parseManifest('<!doctype html><html>', 'm')).toThrow(/web page/);
    expect(() => parseManifest('{ "schema": 1,', 'm')).toThrow(/not JSON/);
  });

  it('with anything replaced by anything is taken or refused by name, never more', () => {
    const places: Place[] = [];
    const walk = (value: Json, place: Place): void => {
      places.push(place);
      if (Array.isArray(value)) value.forEach((v, i) => walk(v, [...place, i]));
      else if (value !== null && typeof value === 'object') for (const [k, v] of Object.entries(value)) walk(v, [...place, k]);
    };
    walk(fresh(), []);
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.option(fc.jsonValue(), { nil: undefined }), (place, value) => {
        try {
          parse(edited(fresh(), place, value as Json | undefined));
        } catch (error) {
          expect(error).toBeInstanceOf(EngineError);
          expect(error).toMatchObject({ stage: 'manifest', code: expect.stringMatching(/^manifest-/) });
        }
      }),
      { numRuns: 400 },
    );
  });
});
