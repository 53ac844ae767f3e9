/** Put in by the build (vite.config.ts). */
declare const VERSION: string;
