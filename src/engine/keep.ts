/** A map that forgets its oldest entry past `limit`. */
export function keep<V>(map: Map<string, V>, key: string, value: V, limit: number): void {
  map.set(key, value);
  const oldest = map.keys().next();
  if (map.size > limit && !oldest.done) map.delete(oldest.value);
}
