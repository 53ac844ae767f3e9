/**
 * Brings the chunks of one file into the store: what is there is skipped, the rest streamed, checked a chunk at a time
 * and kept at once, so that an interrupted load resumes at the last whole chunk.
 */
import { abortError, asEngineError, EngineError, isAbort, throwIfAborted } from '../errors.ts';
import { CHUNK } from '../pack/manifest.ts';
import type { FileEntry } from '../pack/schema.ts';
import { heard } from './heard.ts';
import type { ByteProgress } from './progress.ts';
import { sha256 } from './sha256.ts';
import type { ByteSource } from './source.ts';
import type { ChunkStore } from './store.ts';

const chunkLength = (file: FileEntry, index: number): number => Math.min(CHUNK, file.bytes - index * CHUNK);

/** A connection that breaks is taken up again this often, a file that is wrong once. */
const NETWORK_TRIES = 3;
export async function fetchFile(source: ByteSource, file: FileEntry, store: ChunkStore, progress: ByteProgress, signal: AbortSignal): Promise<void> {
  const missing = new Set<number>();
  for (const [index, hash] of file.sha256.entries()) {
    if (await store.has(hash)) progress.add(chunkLength(file, index));
    else missing.add(index);
  }
  let network = 0;
  let wrong = 0;
  while (missing.size > 0) {
    throwIfAborted(signal);
    try {
      await stream(source, file, missing, store, progress, wrong > 0, signal);
    } catch (error) {
      if (isAbort(error)) throw error;
      const failure = asEngineError(error, 'network', `The download of ${file.path} broke off`);
      const again = failure.code === 'network' ? ++network <= NETWORK_TRIES : failure.code !== 'file-missing' && ++wrong < 2;
      if (!again) throw failure;
      if (failure.code === 'network') await pause(300 * 2 ** network, signal);
    }
  }
}

/** Reads from the first missing chunk on; stops early once nothing is missing. */
async function stream(source: ByteSource, file: FileEntry, missing: Set<number>, store: ChunkStore, progress: ByteProgress, again: boolean, signal: AbortSignal): Promise<void> {
  const first = Math.min(...missing);
  const opened = await source.open(file.path, first * CHUNK, again, signal);
  const reader = opened.stream.getReader();
  let skip = first * CHUNK - opened.start;
  let index = first;
  let buffer = new Uint8Array(chunkLength(file, index));
  let filled = 0;
  try {
    for (;;) {
      const { done, value } = await heard(reader.read(), file.path, signal);
      if (done) break;
      progress.arrived(value.length);
      let from = Math.min(skip, value.length);
      skip -= from;
      while (from < value.length) {
        const take = Math.min(buffer.length - filled, value.length - from);
        buffer.set(value.subarray(from, from + take), filled);
        filled += take;
        from += take;
        if (filled < buffer.length) continue;
        if (missing.has(index)) await keep(file, index, buffer, store, progress);
        missing.delete(index);
        if (missing.size === 0) return;
        index++;
        buffer = new Uint8Array(chunkLength(file, index));
        filled = 0;
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
  const have = index * CHUNK + filled;
  throw new EngineError('file-truncated', `The pack's file ${file.path} ends after ${have} of ${file.bytes} bytes.`);
}

async function keep(file: FileEntry, index: number, bytes: Uint8Array<ArrayBuffer>, store: ChunkStore, progress: ByteProgress): Promise<void> {
  const expected = file.sha256[index] ?? '';
  if ((await sha256(bytes)) !== expected) {
    const html = /^\s*<(!doctype|html)/i.test(new TextDecoder().decode(bytes.subarray(0, 64)));
    throw html
      ? new EngineError('file-is-html', `The pack's file ${file.path} is a web page instead of the file itself.`)
      : new EngineError('file-altered', `The pack's file ${file.path} is not the one that the manifest describes (chunk ${index + 1} of ${file.sha256.length} differs).`);
  }
  await store.put(expected, bytes);
  progress.add(bytes.length);
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    const stop = (): void => {
      clearTimeout(timer);
      reject(abortError());
    };
    signal.addEventListener('abort', stop, { once: true });
  });
