import react from '@vitejs/plugin-react';
import { defaultClientConditions, type Plugin } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';
import { defineConfig } from 'vitest/config';
import shipped from './package.json' with { type: 'json' };
import { headersFor, PAGE_POLICY } from './src/shell/policy.ts';

/** While developing, the page has the isolation but not the policy: hot reloading puts scripts inline. */
const { 'Content-Security-Policy': _, ...isolation } = headersFor('/');

/** The built page carries its policy in itself; the preview server also sends it, script by script. */
const policy: Plugin = {
  name: 'xdecoder-policy',
  apply: 'build',
  transformIndexHtml: () => [{ tag: 'meta', attrs: { 'http-equiv': 'Content-Security-Policy', content: PAGE_POLICY }, injectTo: 'head-prepend' }],
};
const served: Plugin = {
  name: 'xdecoder-headers',
  configurePreviewServer({ middlewares }) {
    middlewares.use((request, response, next) => {
      for (const [name, value] of Object.entries(headersFor(request.url ?? '/'))) response.setHeader(name, value);
      next();
    });
  },
};

export default defineConfig({
  base: './',
  plugins: [
    react(),
    policy,
    served,
    VitePWA({
      strategies: 'injectManifest',
      srcDir: 'src/shell',
      filename: 'sw.ts',
      // Registered by the page itself, which knows when it may load again.
      injectRegister: false,
      manifest: {
        name: 'X-Decoder', short_name: 'X-Decoder', description: 'One model sees everything in a picture and finds what you describe, in this browser.',
        display: 'standalone', start_url: './', scope: './', background_color: '#f4f5f7', theme_color: '#d9480f',
        icons: [{ src: 'icon.svg', sizes: 'any', type: 'image/svg+xml', purpose: 'any' }],
      },
      injectManifest: {
        // The page without the WASM runtime, packs and photos: those are kept when they are used.
        globPatterns: ['**/*.{js,css,html,mjs}', 'assets/inter-latin-wght-*.woff2', 'models/index.json', 'samples/samples.json', 'samples/thumbs/*'],
        globIgnores: ['models/*/*', 'models/*/*/**', 'assets/ort-*'],
      },
    }),
  ],
  define: {
    VERSION: JSON.stringify(shipped.version),
  },
  worker: { format: 'es' },
  // The runtime's build without its glue inlined: glue and wasm are files of ours, fetched once.
  resolve: { conditions: ['onnxruntime-web-use-extern-wasm', ...defaultClientConditions] },
  optimizeDeps: { exclude: ['onnxruntime-web'] },
  server: { headers: isolation },
  build: { target: 'es2023', chunkSizeWarningLimit: 700 },
  test: { include: ['src/**/*.test.{ts,tsx}'], environment: 'node', testTimeout: 30_000 },
});
