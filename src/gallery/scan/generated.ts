/** Vectors for tests and figures: around as many centres as pictures have subjects, and the same for the same seed. */
import { toHalves } from '../float16.ts';

const CENTRES = 64;
/** Noise of a picture, and of a sentence, which is further off, in lengths of a centre. */
const PICTURE = 0.7;
const SENTENCE = 1;
/** Noise is drawn once and read from another place for every row: a million rows are made in seconds. */
const NOISE = 1 << 20;

export interface GeneratedRows {
  /** Halves of the next rows, normalised. */
  next(rows: number): Uint16Array<ArrayBuffer>;
  /** Sentences, normalised. */
  readonly queries: readonly Float32Array[];
}

export function generatedRows(dim: number, queries: number, seed = 7): GeneratedRows {
  const uniform = random(seed);
  const noise = Float32Array.from({ length: NOISE }, () => uniform() + uniform() + uniform() + uniform() - 2);
  const centres = Array.from({ length: CENTRES }, () => Float32Array.from({ length: dim }, () => noise[Math.floor(uniform() * NOISE)] as number));
  const near = (centre: number, spread: number): Float32Array => {
    const at = Math.floor(uniform() * (NOISE - dim));
    const vector = (centres[centre % CENTRES] as Float32Array).map((x, i) => x + spread * (noise[at + i] as number));
    let square = 0;
    for (const x of vector) square += x * x;
    const scale = 1 / Math.sqrt(square);
    return vector.map((x) => x * scale);
  };
  let row = 0;
  const asked = Array.from({ length: queries }, (_, i) => near(i * 5, SENTENCE));
  return {
    queries: asked,
    next(rows) {
      const halves = new Uint16Array(rows * dim);
      for (let i = 0; i < rows; i++) halves.set(toHalves(near(row++, PICTURE)), i * dim);
      return halves;
    },
  };
}

/** Xorshift: numbers of [0, 1). */
function random(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
