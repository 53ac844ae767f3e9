/** Another site than the app's: one path allows every page to read it, the others allow none. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface OtherSite {
  readonly origin: string;
  /** Requests that came, by path, with their headers. */
  readonly asked: readonly { readonly path: string; readonly headers: Readonly<Record<string, string | string[] | undefined>> }[];
  close(): Promise<void>;
}

/** @param files bytes by path; those under /open/ say that other pages may read them */
export async function otherSite(files: Readonly<Record<string, Buffer>>): Promise<OtherSite> {
  const asked: { path: string; headers: Record<string, string | string[] | undefined> }[] = [];
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://other').pathname;
    asked.push({ path, headers: request.headers });
    const bytes = files[path];
    const cors = path.startsWith('/open/') ? { 'access-control-allow-origin': '*' } : {};
    if (bytes) response.writeHead(200, { 'content-type': 'application/octet-stream', ...cors }).end(bytes);
    else response.writeHead(404, cors).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
