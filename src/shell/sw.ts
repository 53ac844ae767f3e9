/**
 * The service worker: keeps the page itself, so that a second visit needs no network, and sends the headers that a plain
 * static host does not. The model's files are kept by the engine, chunk by chunk, and never pass through here.
 */
import { clientsClaim } from 'workbox-core';
import type { WorkboxPlugin } from 'workbox-core/types.js';
import { addPlugins, cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute, type PrecacheEntry } from 'workbox-precaching';
import { NavigationRoute, registerRoute } from 'workbox-routing';
import { CacheFirst, CacheOnly, NetworkFirst } from 'workbox-strategies';
import { headersFor } from './policy.ts';
import { RUNTIME_CACHE } from '../engine/runtime/cache.ts';

declare const self: Window & { readonly __WB_MANIFEST: (PrecacheEntry | string)[] } & { skipWaiting(): Promise<void> };

const withHeaders: WorkboxPlugin = {
  handlerWillRespond: async ({ request, response }) => {
    if (response.status === 0 || response.redirected) return response;
    const headers = new Headers(response.headers);
    for (const [name, value] of Object.entries(headersFor(new URL(request.url).pathname))) headers.set(name, value);
    return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
  },
};

/** What is not kept comes straight through. */
const fromNetwork: WorkboxPlugin = { handlerDidError: ({ request }) => fetch(request) };

addPlugins([withHeaders]);
precacheAndRoute(self.__WB_MANIFEST);
cleanupOutdatedCaches();
clientsClaim();

// Files with an ending are files; every other address is the page.
registerRoute(new NavigationRoute(createHandlerBoundToURL('index.html'), { denylist: [/\/[^/]+\.(?!html$)[^/]+$/] }));

/** A file is the same whoever asks for it; hosts say `Vary: Origin` all the same, and only some requests of a page carry one. */
const matchOptions = { ignoreVary: true } as const;

const own = (url: URL): boolean => url.origin === self.location.origin;

/** The engine keeps the runtime itself, and its download has to end when a person cancels it: one kept here would go on. */
registerRoute(({ url }) => own(url) && /\/assets\/[^/]+\.wasm$/.test(url.pathname), new CacheOnly({ cacheName: RUNTIME_CACHE, matchOptions, plugins: [withHeaders, fromNetwork] }));

/** Named by their content: the runtime's scripts, and fonts of other scripts than Latin. */
registerRoute(({ url }) => own(url) && /\/assets\/[^/]+\.(woff2|mjs|js|css)$/.test(url.pathname), new CacheFirst({ cacheName: RUNTIME_CACHE, matchOptions, plugins: [withHeaders] }));

/** Sample photos that were opened. What packs consist of, the engine keeps. */
registerRoute(({ url }) => own(url) && /\/samples\/[^/]+\.jpg$/.test(url.pathname), new NetworkFirst({ cacheName: 'xdecoder-samples', matchOptions }));

self.addEventListener('message', ({ data }: MessageEvent<{ type?: string } | undefined>) => {
  if (data?.type === 'SKIP_WAITING') void self.skipWaiting();
});
