/**
 * What the page and its workers may load and connect to: their own origin, and nothing else. The build writes the page's
 * policy into index.html, so that it holds on any host; the preview server and the service worker send the headers, which
 * workers need, since a worker takes its policy from its own script's response.
 *
 * One script is let out: `outside`, a worker that fetches an address which a person typed, and knows nothing else.
 */

/** Style elements that react-aria puts into the page, by the hash of their text: the touch action of what can be pressed, and iOS's scrolling. */
const LIBRARY_STYLES = ['38RhXrc7EdReTKsOm23ZPOCUgniTUUcjky8QOOrQx6o=', 'gYiS/BvZvRcK27JIXTuwhZ3hs2+VJ1X+2gUlE+farlg='];

type Directives = Readonly<Record<string, readonly string[]>>;

const OWN: Directives = {
  'default-src': ["'none'"],
  'script-src': ["'self'", "'wasm-unsafe-eval'"],
  'worker-src': ["'self'"],
  'style-src': ["'self'", ...LIBRARY_STYLES.map((hash) => `'sha256-${hash}'`)],
  // Pictures are drawn from blobs; the icon is data.
  'img-src': ["'self'", 'blob:', 'data:'],
  'font-src': ["'self'"],
  'connect-src': ["'self'"],
  'manifest-src': ["'self'"],
  'base-uri': ["'none'"],
  'form-action': ["'none'"],
  'object-src': ["'none'"],
  'frame-src': ["'none'"],
};

const OUTSIDE: Directives = { 'default-src': ["'none'"], 'connect-src': ["'self'", 'https:', 'http:'] };

const written = (directives: Directives): string => Object.entries(directives).map(([name, sources]) => [name, ...sources].join(' ')).join('; ');

export const PAGE_POLICY = written(OWN);

/** File name of the script that may fetch from elsewhere, as the build names it. */
const OUTSIDE_SCRIPT = /\/assets\/outside-[\w-]+\.js$/;

/** Headers of a response: shared memory (and with it WASM threads) only exists on a cross-origin isolated page. */
export const headersFor = (path: string): Readonly<Record<string, string>> => ({
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Content-Security-Policy': OUTSIDE_SCRIPT.test(path) ? written(OUTSIDE) : PAGE_POLICY,
});
