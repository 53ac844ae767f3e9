/** Fetching from another site, only when a person gave its address: once, without cookies, through the one worker that may. */
import { abortError, EngineError } from '../../engine/errors.ts';
import type { OutsideAnswer } from '../../outside/outside.ts';

/** True for an address on another site. @throws EngineError when it is no web address */
export const isOutside = (address: string): boolean => parsed(address).origin !== location.origin;

/** @throws EngineError that says in plain words why the browser gives nothing */
export async function fetchOutside(address: string, signal: AbortSignal): Promise<{ blob: Blob; name: string }> {
  const url = parsed(address);
  const name = decodeURIComponent(url.pathname.split('/').at(-1) ?? '') || url.host;
  const worker = new Worker(new URL('../../outside/outside.ts', import.meta.url), { type: 'module', name: 'outside' });
  try {
    const answer = await new Promise<OutsideAnswer>((resolve, reject) => {
      worker.addEventListener('message', ({ data }: MessageEvent<OutsideAnswer>) => resolve(data), { once: true });
      worker.addEventListener('error', () => resolve({ ok: false, why: 'refused', status: 0 }), { once: true });
      signal.addEventListener('abort', () => reject(abortError()), { once: true });
      worker.postMessage(url.href);
    });
    if (answer.ok) return { blob: answer.blob, name };
    throw refusal(answer, url);
  } finally {
    worker.terminate();
  }
}

function refusal({ why, status }: Extract<OutsideAnswer, { ok: false }>, { host, protocol }: URL): EngineError {
  const there = { stage: 'fetch' } as const;
  switch (why) {
    case 'status':
      return new EngineError('network', `${host} answers that the file is not there for us (HTTP ${status}).`, { ...there, advice: 'Check the address in a tab of its own.' });
    case 'large':
      return new EngineError('network', `The file at ${host} is larger than 512 MB.`, { ...there, advice: 'Choose a smaller one.' });
    case 'refused': {
      if (protocol === 'http:' && location.protocol === 'https:') {
        return new EngineError('network', `${host} is only reached without encryption, which browsers forbid to a page like this.`, { ...there, advice: 'Try the address with https, or save the file and drop it here.' });
      }
      const offline = navigator.onLine ? '' : ' This machine also seems to be offline.';
      return new EngineError('network', `${host} does not let other pages read its files, or cannot be reached. A browser hands a page a file from elsewhere only when that site says so (this is called CORS).${offline}`, {
        ...there, advice: 'Open the address in a tab of its own, save the file, and drop it here.',
      });
    }
    default:
      return why satisfies never;
  }
}

function parsed(address: string): URL {
  const text = address.trim();
  try {
    const url = new URL(/^[a-z][a-z\d+.-]*:/i.test(text) ? text : /^[\w-]+(\.[\w-]+)+(\/|$)/.test(text) ? `https://${text}` : text, document.baseURI);
    if (url.protocol === 'https:' || url.protocol === 'http:') return url;
  } catch {
    // Said below.
  }
  throw new EngineError('bad-input', `“${text.slice(0, 80)}” is not a web address.`, { stage: 'fetch', advice: 'An address begins with https://.' });
}
