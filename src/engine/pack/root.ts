/** The folder of a pack among paths: that of the manifest.json nearest to the top, ending in "/"; '' at the top itself. */
export function packRoot(paths: Iterable<string>): string | null {
  const roots = [...paths].filter((path) => /(^|\/)manifest\.json$/.test(path)).map((path) => path.slice(0, -'manifest.json'.length));
  const depth = (root: string): number => root.split('/').length;
  return roots.toSorted((a, b) => depth(a) - depth(b))[0] ?? null;
}
