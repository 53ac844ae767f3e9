/**
 * A worker that fetches one address that a person typed, and nothing else. It is the only script whose policy lets it
 * leave the site's origin; it holds no picture and hears of nothing but the address.
 */
export type OutsideAnswer =
  | { readonly ok: true; readonly blob: Blob; readonly type: string }
  | { readonly ok: false; readonly why: 'refused' | 'status' | 'large'; readonly status: number };

/** No picture and no small pack is larger. */
const MOST = 512 * 2 ** 20;

async function get(address: string): Promise<OutsideAnswer> {
  // No cookies, no address of this page: the other side learns only that someone wants this file.
  const response = await fetch(address, { mode: 'cors', credentials: 'omit', referrerPolicy: 'no-referrer', redirect: 'follow' });
  if (!response.ok) return { ok: false, why: 'status', status: response.status };
  if (Number(response.headers.get('content-length') ?? 0) > MOST) return { ok: false, why: 'large', status: 200 };
  return { ok: true, blob: await response.blob(), type: response.headers.get('content-type') ?? '' };
}

self.addEventListener('message', ({ data }: MessageEvent<string>) => {
  get(data)
    // A script can't learn whether the other site forbids it or is not there: the browser keeps that from it.
    .catch((): OutsideAnswer => ({ ok: false, why: 'refused', status: 0 }))
    .then((answer) => self.postMessage(answer), () => undefined);
});
