/** `fetch` for addresses that a person gave: those of another site go through the one worker whose policy lets it out. */
import type { OutsideAnswer, OutsideRequest } from './outside.ts';

/** @throws TypeError as fetch does when the other site can't be reached or does not allow it; AbortError */
export async function outsideFetch(input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
  const url = new URL(input instanceof Request ? input.url : input, location.href);
  if (url.origin === location.origin) return fetch(input, init);
  if (init.signal?.aborted) throw new DOMException('The request was cancelled.', 'AbortError');
  const request: OutsideRequest = { url: url.href, method: init.method ?? 'GET', range: new Headers(init.headers).get('range') };
  const worker = new Worker(new URL('./outside.ts', import.meta.url), { type: 'module', name: 'outside' });
  try {
    const answer = await new Promise<OutsideAnswer>((resolve, reject) => {
      worker.addEventListener('message', ({ data }: MessageEvent<OutsideAnswer>) => resolve(data), { once: true });
      worker.addEventListener('error', () => resolve({ ok: false }), { once: true });
      init.signal?.addEventListener('abort', () => reject(new DOMException('The request was cancelled.', 'AbortError')), { once: true });
      worker.postMessage(request);
    });
    if (!answer.ok) throw new TypeError(`${url.host} could not be reached or does not allow it.`);
    // An answer without a body may not be given one.
    const body = answer.status === 204 || answer.status === 304 ? null : answer.blob;
    return new Response(body, { status: answer.status, headers: new Headers(answer.headers.map(([name, value]): [string, string] => [name, value])) });
  } finally {
    worker.terminate();
  }
}
