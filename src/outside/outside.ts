/**
 * A worker that fetches one address that a person gave, and nothing else. It is the only script whose policy lets it
 * leave the site's origin; it holds no picture and hears of nothing but the address.
 */
export interface OutsideRequest {
  readonly url: string;
  readonly method: string;
  /** Range, for a part of an index. */
  readonly range: string | null;
}

export type OutsideAnswer =
  | { readonly ok: true; readonly status: number; readonly headers: readonly (readonly [string, string])[]; readonly blob: Blob }
  | { readonly ok: false };

async function get({ url, method, range }: OutsideRequest): Promise<OutsideAnswer> {
  // No cookies, no address of this page: the other side learns only that someone wants this file.
  const response = await fetch(url, { method, mode: 'cors', credentials: 'omit', referrerPolicy: 'no-referrer', ...(range === null ? {} : { headers: { range } }) });
  return { ok: true, status: response.status, headers: [...response.headers], blob: await response.blob() };
}

self.addEventListener('message', ({ data }: MessageEvent<OutsideRequest>) => {
  get(data)
    // A script can't learn whether the other site forbids it or is not there: the browser keeps that from it.
    .catch((): OutsideAnswer => ({ ok: false }))
    .then((answer) => self.postMessage(answer), () => undefined);
});
