/** The engine in Node: the same core, over WASM, with files from disk. */
import { openAsBlob } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, relative, sep } from 'node:path';
import * as ort from 'onnxruntime-web';
import type { Engine, EngineOptions, PackSource } from '../engine/api.ts';
import { EngineCore } from '../engine/core.ts';
import { EngineError } from '../engine/errors.ts';
import type { Runtimes } from '../engine/platform.ts';
import { type ChunkStore, MemoryStore } from '../engine/weights/store.ts';
import { decodeInNode } from './decode.node.ts';

/** Installed with the package: nothing to download. */
const runtimes: Runtimes = {
  weight: async () => ({ bytes: 0, cachedBytes: 0 }),
  load: async () => ({ ort, label: `onnxruntime-web ${ort.env.versions.web ?? ''}` }),
  broken: () => undefined, // there is but one
};

export function createNodeEngine(options: EngineOptions = {}, store: ChunkStore = new MemoryStore()): Engine {
  return new EngineCore(
    { runtimes, decode: decodeInNode, store, fetch, gpu: undefined, threads: availableParallelism() },
    { ...options, providers: ['wasm'] },
  );
}

/** A folder or ZIP archive as a pack: every file in it, by its path inside. */
export async function packSource(folder: string): Promise<PackSource> {
  if ((await stat(folder).catch(() => null))?.isFile()) return { kind: 'zip', name: folder, archive: await openAsBlob(folder) };
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((cause: unknown) => {
    throw new EngineError('manifest-missing', `There is no folder ${folder}.`, { cause });
  });
  const files = new Map<string, Blob>();
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(relative(folder, path).split(sep).join('/'), await openAsBlob(path));
  }
  return { kind: 'files', name: folder, files };
}
