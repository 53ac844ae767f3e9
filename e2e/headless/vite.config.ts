/** Builds the page that uses the engine without the app; only tests use it. The fixture packs lie beside it. */
import { defineConfig } from 'vite';
import app from '../../vite.config.ts';

export default defineConfig({
  ...app,
  root: import.meta.dirname,
  publicDir: '../fixtures',
  plugins: [],
  preview: { headers: { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' } },
  build: {
    target: 'es2023',
    outDir: '../../dist/.headless',
    emptyOutDir: true,
    rolldownOptions: { input: ['index.html', 'example.html'].map((page) => `${import.meta.dirname}/${page}`) },
  },
});
