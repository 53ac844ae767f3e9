/** Where a browser keeps the runtime: the engine writes it, the service worker reads it. */
export const RUNTIME_CACHE = 'xdecoder-runtime';
