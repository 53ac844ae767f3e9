/** Rows of `width` numbers, each left for right: a picture's plane, or masks, as a mirror shows them. */
export function turnedOver(rows: Float32Array, width: number): Float32Array {
  const out = rows.slice();
  for (let start = 0; start < out.length; start += width) out.subarray(start, start + width).reverse();
  return out;
}
