/**
 * The WASM runtime: as large as a small pack, so its bytes belong on the bar. Fetched by the page into the cache that the
 * service worker answers from; the engine's worker then finds it there, and so does the next visit without a network.
 */
import mjsUrl from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url';
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import { isAbort } from '../../engine/errors.ts';
import { RUNTIME_CACHE } from '../../shell/runtime-cache.ts';

export const RUNTIME = RUNTIME_BYTES;
/** The runtime as reports name it: its version and the file that was built in. */
export const RUNTIME_BUILD = `onnxruntime-web ${RUNTIME_VERSION} (${wasmUrl.split('/').at(-1) ?? ''})`;

/** While developing nothing is kept: file names don't tell versions apart. Caches can be missing (an insecure page) or refuse (a private window): then the engine's worker fetches for itself. */
async function open(): Promise<Cache | null> {
  try {
    return import.meta.env.PROD && 'caches' in window ? await caches.open(RUNTIME_CACHE) : null;
  } catch {
    return null;
  }
}

/** Whether the next load downloads the runtime. */
export async function runtimeKept(): Promise<boolean> {
  const cache = await open();
  return (await cache?.match(wasmUrl).catch(() => undefined)) !== undefined;
}

/** @param onBytes called with the bytes that arrived so far. @throws AbortError when the person stopped it */
export async function keepRuntime(signal: AbortSignal, onBytes: (done: number) => void): Promise<void> {
  const cache = await open();
  if (!cache) return;
  try {
    if (await cache.match(wasmUrl)) return onBytes(RUNTIME);
    const response = await fetch(wasmUrl, { signal });
    if (!response.ok || !response.body) return;
    let done = 0;
    const counted = response.body.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform(bytes, controller) {
          done += bytes.length;
          onBytes(done);
          controller.enqueue(bytes);
        },
      }),
    );
    await cache.put(wasmUrl, new Response(counted, { headers: { 'content-type': 'application/wasm' } }));
    await cache.add(mjsUrl);
    await dropOlder(cache);
  } catch (error) {
    if (isAbort(error) || signal.aborted) throw error;
    // Refused or broken off: the engine asks for it again, and says in words what is wrong.
  }
}

/** Runtimes of earlier versions of the page. */
async function dropOlder(cache: Cache): Promise<void> {
  const now = [wasmUrl, mjsUrl].map((url) => new URL(url, document.baseURI).href);
  for (const request of await cache.keys()) if (/\/ort-[^/]+$/.test(request.url) && !now.includes(request.url)) await cache.delete(request);
}
