/** Builds the benchmark's page: the engine and single graphs, without the app. */
import { defineConfig } from 'vite';
import app from '../../vite.config.ts';

export default defineConfig({ ...app, root: import.meta.dirname, publicDir: false, plugins: [] });
