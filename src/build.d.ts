/** Put in by the build (vite.config.ts). */
declare const VERSION: string;
declare const RUNTIME_VERSION: string;
declare const RUNTIME_BYTES: number;
