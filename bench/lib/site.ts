/** The app and the benchmark's page, built as they ship, behind a server that sends the isolation headers. */
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { build } from 'vite';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.mjs': 'text/javascript', '.css': 'text/css', '.json': 'application/json',
  '.wasm': 'application/wasm', '.svg': 'image/svg+xml', '.jpg': 'image/jpeg', '.png': 'image/png', '.woff2': 'font/woff2', '.webmanifest': 'application/manifest+json',
};

export interface Site {
  readonly url: string;
  close(): void;
}

/** @param mounts address prefix to folder, the longest prefix first */
export async function serve(mounts: Readonly<Record<string, string>>): Promise<Site> {
  const prefixes = Object.keys(mounts).sort((a, b) => b.length - a.length);
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
    const prefix = prefixes.find((p) => path.startsWith(p)) ?? '/';
    const inside = normalize(path.slice(prefix.length)).replace(/^([/\\]|\.\.[/\\])+/, '');
    const file = join(mounts[prefix] ?? '', inside === '.' || inside === '' ? 'index.html' : inside);
    const found = existsSync(file) && statSync(file).isFile();
    response.writeHead(found ? 200 : 404, {
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
      'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream',
      ...(found ? { 'Content-Length': statSync(file).size } : {}),
    });
    if (found) createReadStream(file).pipe(response);
    else response.end();
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://localhost:${port}`, close: () => server.close() };
}

/** @param config of Vite */
export async function buildTo(config: string, outDir: string): Promise<void> {
  await build({ configFile: config, logLevel: 'warn', build: { outDir, emptyOutDir: true } });
}
