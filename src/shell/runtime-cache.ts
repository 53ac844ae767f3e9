/** Where the page and the service worker keep the WASM runtime: both must name it alike. */
export const RUNTIME_CACHE = 'xdecoder-runtime';
