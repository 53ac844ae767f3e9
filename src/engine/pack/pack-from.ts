/** What a person gave as a pack: dropped or chosen files, or an address. */
import type { PackSource } from '../api.ts';
import { packRoot } from './root.ts';

const ZIP = [0x50, 0x4b, 3, 4];

/**
 * @param files by path: names of chosen files, paths below a dropped folder
 * @returns the pack among them, a folder with a manifest.json or one ZIP archive; null when there is none. An archive's
 * inside is not looked at: loading it says what is wrong.
 */
export async function packFromFiles(files: ReadonlyMap<string, Blob>): Promise<PackSource | null> {
  const root = packRoot(files.keys());
  if (root !== null) {
    const inside = [...files].filter(([path]) => path.startsWith(root)).map(([path, file]) => [path.slice(root.length), file] as const);
    return { kind: 'files', name: root.split('/').at(-2) ?? 'pack', files: new Map(inside) };
  }
  const [only, ...others] = files;
  if (!only || others.length > 0) return null;
  const [name, archive] = only;
  const head = new Uint8Array(await archive.slice(0, ZIP.length).arrayBuffer());
  return ZIP.every((byte, i) => head[i] === byte) ? { kind: 'zip', name, archive } : null;
}

/** The pack at an address of its manifest.json or of the folder that holds it. @throws TypeError when it is no address */
export function packFromUrl(address: string, base?: string): PackSource {
  const url = new URL(address.trim(), base);
  if (!url.pathname.endsWith('.json')) url.pathname = `${url.pathname.replace(/\/$/, '')}/manifest.json`;
  return { kind: 'url', manifest: url.href };
}
