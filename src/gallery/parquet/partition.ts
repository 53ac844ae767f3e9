/** Whether a path is a partition of an index (docs/index-format.md). */
export function isPartition(path: string): boolean {
  const parts = path.split('/');
  return path.endsWith('.parquet') && !parts.includes('errors') && !parts.some((part) => part.startsWith('_') || part.startsWith('.'));
}
