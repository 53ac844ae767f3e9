/** Vectors for tests and figures: normal, around as many centres as pictures have subjects; the same for the same seed. */
import { toHalves } from '../float16.ts';

/** Numbers of a normal distribution (a sum of twelve), from a small generator. */
function normals(seed: number): () => number {
  let state = seed >>> 0 || 1;
  const uniform = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  return () => {
    let sum = -6;
    for (let i = 0; i < 12; i++) sum += uniform();
    return sum;
  };
}

const CENTRES = 64;
const SPREAD = 0.7;

export interface Generated {
  readonly halves: Uint16Array<ArrayBuffer>;
  /** Sentences: near a centre, further off than the pictures around it; normalised. */
  readonly queries: readonly Float32Array[];
}

export function generated(count: number, dim: number, queries: number, seed = 7): Generated {
  const next = normals(seed);
  const centres = Array.from({ length: CENTRES }, () => Float32Array.from({ length: dim }, next));
  const near = (i: number, spread: number): Float32Array => unit((centres[i % CENTRES] as Float32Array).map((x) => x + spread * next()));
  const halves = new Uint16Array(count * dim);
  for (let i = 0; i < count; i++) halves.set(toHalves(near(i, SPREAD)), i * dim);
  return { halves, queries: Array.from({ length: queries }, (_, i) => near(i * 5, 1)) };
}

function unit(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return vector.map((x) => x / length);
}
