/** The built site on a static host that sends no headers of its own: what a plain file server is. */
import { createReadStream, existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { headersFor } from '../../src/shell/policy.ts';

const DIST = new URL('../../dist/', import.meta.url).pathname;

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.css': 'text/css', '.wasm': 'application/wasm', '.json': 'application/json',
  '.svg': 'image/svg+xml', '.jpg': 'image/jpeg', '.woff2': 'font/woff2', '.webmanifest': 'application/manifest+json',
};

export interface PlainHost {
  readonly url: string;
  /** Paths that were asked for, in order. */
  readonly asked: readonly string[];
  /** Cuts every connection: the network is gone. */
  close(): Promise<void>;
}

export interface PlainHostOptions {
  /** Paths (below the site) that are not there. */
  readonly missing?: readonly string[];
  /** Bytes a second for the pack's files, so that a load can be watched. */
  readonly packRate?: number;
  /** Sends the isolation headers and the policy, as a host that is set up for it. */
  readonly headers?: boolean;
}

/** Serves the site below a folder, as it is built, with the shipped pack. */
export async function plainHost({ missing = [], packRate, headers = false }: PlainHostOptions = {}): Promise<PlainHost> {
  const asked: string[] = [];
  const send = async (path: string, from: number, response: ServerResponse): Promise<void> => {
    // Many hosts say so of every file, although only some requests of a page carry an origin.
    const type = { vary: 'Origin', 'content-type': TYPES[extname(path)] ?? 'application/octet-stream', ...(headers ? headersFor(`/${path}`) : {}) };
    const file = join(DIST, path);
    if (missing.includes(path) || !existsSync(file) || !statSync(file).isFile()) return void response.writeHead(404).end('not here');
    const { size } = statSync(file);
    response.writeHead(from > 0 ? 206 : 200, { ...type, 'content-length': size - from, ...(from > 0 ? { 'content-range': `bytes ${from}-${size - 1}/${size}` } : {}) });
    if (!packRate || !path.startsWith('models/')) return void createReadStream(file, { start: from }).pipe(response);
    const bytes = (await readFile(file)).subarray(from);
    const step = Math.max(1, Math.round(packRate / 20));
    for (let at = 0; at < bytes.length && !response.destroyed; at += step) {
      response.write(bytes.subarray(at, at + step));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    response.end();
  };
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://host').pathname)).replace(/^\/site\//, '') || 'index.html';
    asked.push(path);
    send(path, Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0), response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://localhost:${port}/site/`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
