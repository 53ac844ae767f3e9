/** What each build's WASM file weighs, before anything is fetched. Belongs to the pinned version; its test reads the files. */
import type { Provider } from '../api.ts';

export const WASM_BYTES: Readonly<Record<Provider, number>> = { webgpu: 26_781_914, wasm: 14_239_897 };
