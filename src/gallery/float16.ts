/** Half precision, as indexes store vectors: IEEE 754 binary16, round to nearest even. */

const VALUES = new Float32Array(65536);
for (let bits = 0; bits < 65536; bits++) {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  const magnitude = exponent === 0 ? fraction * 2 ** -24 : exponent === 31 ? (fraction ? NaN : Infinity) : (1 + fraction / 1024) * 2 ** (exponent - 15);
  VALUES[bits] = bits & 0x8000 ? -magnitude : magnitude;
}

/** Value of each of the 65,536 bit patterns: reading a half is one look-up. */
export const HALF_VALUES: Readonly<Float32Array> = VALUES;

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

function half(value: number): number {
  float[0] = value;
  const x = bits[0] as number;
  const sign = (x >>> 16) & 0x8000;
  const exponent = ((x >>> 23) & 255) - 112;
  const fraction = x & 0x7fffff;
  if (exponent >= 31) return sign | (exponent === 143 && fraction !== 0 ? 0x7e00 : 0x7c00);
  if (exponent <= 0) {
    if (exponent < -10) return sign;
    const shift = 14 - exponent;
    const whole = fraction | 0x800000;
    return sign | (rounded(whole, shift));
  }
  // A carry out of the fraction runs into the exponent, which is what rounding up to the next power means.
  return sign | ((exponent << 10) + rounded(fraction, 13));
}

function rounded(value: number, shift: number): number {
  const kept = value >>> shift;
  const rest = value & ((1 << shift) - 1);
  const middle = 1 << (shift - 1);
  return rest > middle || (rest === middle && (kept & 1) === 1) ? kept + 1 : kept;
}

export const toHalves = (values: ArrayLike<number>): Uint16Array<ArrayBuffer> => Uint16Array.from(values, half);

export const fromHalves = (halves: Uint16Array): Float32Array<ArrayBuffer> => Float32Array.from(halves, (h) => VALUES[h] as number);
