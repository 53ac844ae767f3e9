/**
 * Mask colours: hues that stay apart under the three colour-vision deficiencies, in alternating lightness.
 * The accent's hue (18 degrees) is left out: it belongs to what the person asked for.
 */
export type Rgb = readonly [number, number, number];

export const PALETTE: readonly Rgb[] = [
  [68, 119, 170], [204, 187, 68], [102, 204, 238], [170, 51, 119], [34, 136, 51], [187, 187, 187],
  [136, 102, 204], [221, 170, 51], [0, 153, 136], [238, 136, 170], [119, 170, 221], [153, 153, 51],
  [51, 34, 136], [170, 221, 170], [136, 34, 85], [85, 170, 170], [221, 204, 119], [102, 102, 170],
];

/** Colour of the n-th segment; the same name keeps its colour through `key`. */
export function colorFor(key: number): Rgb {
  return PALETTE[((key % PALETTE.length) + PALETTE.length) % PALETTE.length] as Rgb;
}
