/** A file from another site, only when a person gave its address; why it can't be had is said in plain words. */
import { EngineError, isAbort } from '../../engine/errors.ts';
import { outsideFetch } from '../../outside/fetch.ts';

/** Name of the file or folder that an address ends with, as people write it; '' where there is none. */
export function lastPart({ pathname }: URL): string {
  const part = pathname.split('/').findLast((each) => each !== '') ?? '';
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // a bare "%" is allowed in an address
  }
}

/** True for an address on another site. @throws EngineError when it is no web address */
export const isOutside = (address: string): boolean => parsed(address).origin !== location.origin;

/** @throws EngineError of stage fetch; AbortError */
export async function fetchOutside(address: string, signal: AbortSignal): Promise<{ blob: Blob; name: string }> {
  const url = parsed(address);
  const name = lastPart(url) || url.host;
  const response = await outsideFetch(url, { signal }).catch((error: unknown) => {
    throw isAbort(error) ? error : refusal(url);
  });
  if (response.ok) return { blob: await response.blob(), name };
  throw new EngineError('network', `${url.host} answers that the file is not there for us (HTTP ${response.status}).`, { stage: 'fetch', advice: 'Check the address in a tab of its own.' });
}

function refusal({ host, protocol }: URL): EngineError {
  if (protocol === 'http:' && location.protocol === 'https:') {
    return new EngineError('network', `${host} is only reached without encryption, which browsers forbid to a page like this.`, { stage: 'fetch', advice: 'Try the address with https, or save the file and drop it here.' });
  }
  const offline = navigator.onLine ? '' : ' This machine also seems to be offline.';
  return new EngineError('network', `${host} does not let other pages read its files, or cannot be reached. A browser hands a page a file from elsewhere only when that site says so (this is called CORS).${offline}`, {
    stage: 'fetch', advice: 'Open the address in a tab of its own, save the file, and drop it here.',
  });
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
