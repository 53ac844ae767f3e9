/** Fetching a pack's files from a server that misbehaves: either the right bytes, or an error that names the file. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Progress } from '../api.ts';
import { EngineError } from '../errors.ts';
import { CHUNK } from '../pack/manifest.ts';
import type { FileEntry } from '../pack/schema.ts';
import { fetchFile } from './fetch-file.ts';
import { HttpSource } from './http-source.ts';
import { PackFiles } from './pack-files.ts';
import { ByteProgress } from './progress.ts';
import { sha256, sha256Plain } from './sha256.ts';
import { CacheStore, MemoryStore } from './store.ts';

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const chunksOf = (bytes: Uint8Array): Uint8Array[] => Array.from({ length: Math.ceil(bytes.length / CHUNK) }, (_, i) => bytes.subarray(i * CHUNK, (i + 1) * CHUNK));
const entryOf = (path: string, bytes: Uint8Array): FileEntry => ({ path, bytes: bytes.length, sha256: chunksOf(bytes).map(hashOf) });

const FILE = new Uint8Array(randomBytes(2 * CHUNK + 12_345));
const ENTRY = entryOf('weights.bin', FILE);

/** What the server does with one request; after the last one it behaves. */
type Fault =
  | { readonly kind: 'fine' | 'ignores-ranges' | 'html' | 'missing' | 'busy' | 'refused' }
  | { readonly kind: 'breaks' | 'cut' | 'altered'; readonly at: number };

let server: Server;
let faults: Fault[] = [];
let ranges: (string | undefined)[] = [];

function answer(request: IncomingMessage, response: ServerResponse): void {
  const fault: Fault = faults.shift() ?? { kind: 'fine' };
  ranges.push(request.headers.range);
  const start = fault.kind === 'ignores-ranges' ? 0 : Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const head = (status: number, length: number, type = 'application/octet-stream'): void => {
    response.writeHead(status, { 'content-type': type, 'content-length': length, ...(status === 206 ? { 'content-range': `bytes ${start}-${FILE.length - 1}/${FILE.length}` } : {}) });
  };
  const status = start > 0 ? 206 : 200;
  const rest = Buffer.from(FILE.subarray(start));
  switch (fault.kind) {
    case 'html':
      head(200, 30, 'text/html');
      return void response.end('<!doctype html><title>x</title>'.slice(0, 30));
    case 'missing':
      head(404, 0);
      return void response.end();
    case 'busy':
      head(503, 0);
      return void response.end();
    case 'refused':
      return void request.socket.destroy();
    case 'breaks':
      head(status, rest.length);
      return void response.write(rest.subarray(0, Math.floor(fault.at * rest.length)), () => request.socket.destroy());
    case 'cut': {
      const part = rest.subarray(0, Math.floor(fault.at * rest.length));
      head(status, part.length);
      return void response.end(part);
    }
    case 'altered': {
      const at = Math.min(rest.length - 1, Math.floor(fault.at * rest.length));
      rest[at] = (rest[at] ?? 0) ^ 0x10;
      head(status, rest.length);
      return void response.end(rest);
    }
    default:
      head(status, rest.length);
      return void response.end(rest);
  }
}

beforeAll(async () => {
  server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => server.close());
beforeEach(() => {
  faults = [];
  ranges = [];
});

const source = (store = new MemoryStore()): HttpSource => new HttpSource(`http://127.0.0.1:${(server.address() as AddressInfo).port}/manifest.json`, fetch, store);
const quiet = (): ByteProgress => new ByteProgress(() => undefined);
const never = new AbortController().signal;

async function load(store: MemoryStore, ...misbehaviour: Fault[]): Promise<void> {
  faults = misbehaviour;
  await fetchFile(source(), ENTRY, store, quiet(), never);
}

async function kept(store: MemoryStore): Promise<Uint8Array> {
  const parts = await Promise.all(ENTRY.sha256.map(async (hash) => Buffer.from((await (await store.get(hash))?.arrayBuffer()) ?? new ArrayBuffer(0))));
  return new Uint8Array(Buffer.concat(parts));
}

/** A stand-in for toEqual, which takes seconds on megabytes. */
const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

describe('a file over HTTP', () => {
  it('goes on at the last whole chunk after the connection broke', async () => {
    const store = new MemoryStore();
    await load(store, { kind: 'breaks', at: 0.7 });
    expect(ranges).toEqual([undefined, `bytes=${CHUNK}-`]);
    expect(same(await kept(store), FILE)).toBe(true);
  });

  it('fetches nothing that is kept, and only from the first missing chunk on', async () => {
    const store = new MemoryStore();
    await load(store);
    await load(store);
    expect(ranges).toHaveLength(1);
    await store.drop(ENTRY.sha256[2] ?? '');
    await load(store);
    expect(ranges.at(-1)).toBe(`bytes=${2 * CHUNK}-`);
  });

  it('takes a server that ignores ranges', async () => {
    const store = new MemoryStore();
    await load(store, { kind: 'breaks', at: 0.8 }, { kind: 'ignores-ranges' });
    expect(same(await kept(store), FILE)).toBe(true);
  });

  for (const [kind, code] of [['html', 'file-is-html'], ['cut', 'file-truncated'], ['altered', 'file-altered']] as const) {
    const fault: Fault = kind === 'html' ? { kind } : { kind, at: 0.6 };
    it(`that is ${kind} is fetched once more, then named`, async () => {
      const store = new MemoryStore();
      await load(store, fault);
      expect(same(await kept(store), FILE)).toBe(true);
      const before = ranges.length;
      const failure = await load(new MemoryStore(), fault, fault).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(EngineError);
      expect(failure).toMatchObject({ code, stage: 'download' });
      expect((failure as EngineError).message).toContain('weights.bin');
      expect(ranges.length - before).toBe(2);
    });
  }

  it('is not asked for again when the server does not have it', async () => {
    await expect(load(new MemoryStore(), { kind: 'missing' })).rejects.toMatchObject({ code: 'file-missing' });
    expect(ranges).toHaveLength(1);
  });

  it('stops at once when cancelled, and keeps what it has', async () => {
    const store = new MemoryStore();
    const controller = new AbortController();
    const put = store.put.bind(store);
    store.put = async (hash, bytes) => {
      await put(hash, bytes);
      controller.abort();
    };
    await expect(fetchFile(source(), ENTRY, store, quiet(), controller.signal)).rejects.toMatchObject({ name: 'AbortError' });
    expect(await store.has(ENTRY.sha256[0] ?? '')).toBe(true);
    expect(await store.has(ENTRY.sha256[1] ?? '')).toBe(false);
  });

  it('whatever the server does, ends with the right bytes or a named error, and keeps no wrong chunk', async () => {
    const fault = fc.oneof(
      fc.record({ kind: fc.constantFrom('fine', 'ignores-ranges', 'html', 'missing', 'busy', 'refused') }),
      fc.record({ kind: fc.constantFrom('breaks', 'cut', 'altered'), at: fc.double({ min: 0, max: 1, noNaN: true }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fault, { maxLength: 3 }), async (misbehaviour) => {
        const store = new MemoryStore();
        ranges = [];
        const failure = await load(store, ...misbehaviour).catch((error: unknown) => error);
        if (failure === undefined) expect(same(await kept(store), FILE)).toBe(true);
        else expect(failure).toMatchObject({ name: 'EngineError', stage: 'download', message: expect.stringContaining('weights.bin') });
        expect(ranges.length).toBeLessThanOrEqual(4);
        for (const hash of ENTRY.sha256) {
          const chunk = await store.get(hash);
          if (chunk) expect(hashOf(new Uint8Array(await chunk.arrayBuffer()))).toBe(hash);
        }
      }),
      { numRuns: 15 },
    );
  }, 60_000);
});

describe('what is kept', () => {
  it('is in memory when the browser refuses, and the report says so', async () => {
    const refusing = { open: () => Promise.reject(new DOMException('no', 'QuotaExceededError')) } as unknown as CacheStorage;
    const store = new CacheStore(refusing);
    expect(store.kind).toBe('disk');
    await fetchFile(source(), ENTRY, store, quiet(), never);
    expect(store.kind).toBe('memory');
    expect(await store.bytes()).toBe(FILE.length);
    const files = new PackFiles(source(), [ENTRY], store);
    expect(same(await files.bytes('weights.bin'), FILE)).toBe(true);
  });

  it('is fetched again when a chunk was removed or altered behind our back', async () => {
    const store = new MemoryStore();
    await load(store);
    const [first = '', second = ''] = ENTRY.sha256;
    await store.put(first, new Uint8Array(CHUNK));
    await store.drop(second);
    expect(same(await new PackFiles(source(), [ENTRY], store).bytes('weights.bin'), FILE)).toBe(true);
  });

  it('lets a manifest be read without a network', async () => {
    const store = new MemoryStore();
    await store.keepNote('http://127.0.0.1:9/manifest.json', '{}');
    expect(await new HttpSource('http://127.0.0.1:9/manifest.json', fetch, store).manifestText(never)).toBe('{}');
    await expect(new HttpSource('http://127.0.0.1:9/other.json', fetch, store).manifestText(never)).rejects.toMatchObject({ code: 'network' });
  });

  it.each(['busy', 'breaks'] as const)('lets a manifest be read from a server that is %s', async (kind) => {
    const store = new MemoryStore();
    const { manifest } = source();
    faults = [{ kind, at: 0.5 }];
    await expect(new HttpSource(manifest, fetch, store).manifestText(never)).rejects.toMatchObject({ code: 'network', stage: 'download' });
    await store.keepNote(manifest, '{}');
    faults = [{ kind, at: 0.5 }];
    expect(await new HttpSource(manifest, fetch, store).manifestText(never)).toBe('{}');
    // A pack that is gone is gone.
    faults = [{ kind: 'missing' }];
    await expect(new HttpSource(manifest, fetch, store).manifestText(never)).rejects.toMatchObject({ code: 'manifest-missing' });
  });
});

describe('progress', () => {
  it('never goes back, never passes the total and ends at it', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('add' as const), bytes: fc.nat(5000) }),
      fc.record({ kind: fc.constant('arrived' as const), bytes: fc.nat(5000) }),
      fc.record({ kind: fc.constant('expect' as const), bytes: fc.nat(20_000) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const said: Progress[] = [];
        let now = 0;
        const progress = new ByteProgress((p) => said.push(p), () => now);
        progress.expect(10_000);
        for (const { kind, bytes } of steps) {
          now += 90;
          progress[kind](bytes);
        }
        progress.add(1e9);
        said.forEach((p, i) => {
          expect(p.done).toBeLessThanOrEqual(p.total);
          expect(p.done).toBeGreaterThanOrEqual(said[i - 1]?.done ?? 0);
          expect(p.total).toBeGreaterThanOrEqual(said[i - 1]?.total ?? 0);
          expect(p.rate).toBeGreaterThanOrEqual(0);
        });
        expect(said.at(-1)?.done).toBe(said.at(-1)?.total);
      }),
    );
  });

  it('tells the rate of the last seconds', () => {
    let now = 0;
    let rate = 0;
    const progress = new ByteProgress((p) => (rate = p.rate), () => now);
    progress.expect(1e9);
    for (let i = 0; i < 50; i++) {
      now += 100;
      progress.arrived(100_000);
    }
    expect(rate).toBeGreaterThan(0.95e6);
    expect(rate).toBeLessThan(1.1e6);
  });
});

describe('SHA-256', () => {
  it('is that of Node, with and without WebCrypto', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        const copy = new Uint8Array(bytes);
        expect(await sha256(copy)).toBe(hashOf(copy));
        expect(Buffer.from(sha256Plain(copy)).toString('hex')).toBe(hashOf(copy));
      }),
    );
  });
});
