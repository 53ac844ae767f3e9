/** Builds the app around the engine without a model; only tests use it. */
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  base: './',
  publicDir: '../../public',
  plugins: [react()],
  worker: { format: 'es' },
  build: { target: 'es2023', outDir: '../../dist/.mock', emptyOutDir: true, copyPublicDir: true },
});
