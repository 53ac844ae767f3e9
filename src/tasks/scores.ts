/** Arithmetic on embeddings: rows of d numbers, row-major. */

/** Added to a norm before dividing, as the official code does for every embedding (spec section 5). */
const NORM_EPSILON = 1e-7;

export interface Rows {
  readonly count: number;
  readonly dim: number;
  readonly data: Float32Array;
}

export function row(rows: Rows, index: number): Float32Array {
  return rows.data.subarray(index * rows.dim, (index + 1) * rows.dim);
}

export function normalise(vector: Float32Array): Float32Array {
  let square = 0;
  for (const v of vector) square += v * v;
  const scale = 1 / (Math.sqrt(square) + NORM_EPSILON);
  return vector.map((v) => v * scale);
}

export function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

/** scale x `dot` of one vector with every row. Four at a time: one sum alone waits for its own last addition. */
function products(e: Float32Array, rows: Rows, scale: number, out: Float32Array): void {
  const { count, dim, data } = rows;
  let k = 0;
  for (; k + 4 <= count; k += 4) {
    let [s0, s1, s2, s3] = [0, 0, 0, 0];
    for (let i = 0, at = k * dim; i < dim; i++, at++) {
      const v = e[i] as number;
      s0 += v * (data[at] as number);
      s1 += v * (data[at + dim] as number);
      s2 += v * (data[at + 2 * dim] as number);
      s3 += v * (data[at + 3 * dim] as number);
    }
    out[k] = scale * s0;
    out[k + 1] = scale * s1;
    out[k + 2] = scale * s2;
    out[k + 3] = scale * s3;
  }
  for (; k < count; k++) out[k] = scale * dot(e, row(rows, k));
}

/**
 * Class probabilities of every query: softmax over the names and "background" (last) of scale x cosine.
 *
 * @param embeddings queries, not normalised
 * @param text K + 1 normalised rows
 * @param background how much background's probability counts: 1 as the model has it, 0 out of the race
 * @returns count x (K + 1), row-major
 */
export function classProbabilities(embeddings: Rows, text: Rows, logitScale: number, background = 1): Rows {
  const out = new Float32Array(embeddings.count * text.count);
  for (let q = 0; q < embeddings.count; q++) {
    const target = out.subarray(q * text.count, (q + 1) * text.count);
    products(normalise(row(embeddings, q)), text, logitScale, target);
    let top = -Infinity;
    for (let k = 0; k < text.count; k++) top = Math.max(top, target[k] as number);
    let sum = 0;
    for (let k = 0; k < text.count; k++) sum += target[k] = Math.exp((target[k] as number) - top) * (k === text.count - 1 ? background : 1);
    for (let k = 0; k < text.count; k++) target[k] = (target[k] as number) / sum;
  }
  return { count: embeddings.count, dim: text.count, data: out };
}

/** What is taken off a logit to make it a log probability. */
export function logSumExp(logits: Float32Array): number {
  const top = logits[argmax(logits)] as number;
  return top + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - top), 0));
}

export function softmax(logits: Float32Array): number[] {
  const whole = logSumExp(logits);
  return Array.from(logits, (logit) => Math.exp(logit - whole));
}

export function argmax(values: Float32Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if ((values[i] as number) > (values[best] as number)) best = i;
  return best;
}

/** Indices of the largest values, largest first, of equals the first. */
export function largest(values: Float32Array, count: number): number[] {
  const found: number[] = [];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (found.length === count && value <= (values[found.at(-1) as number] as number)) continue;
    const at = found.findIndex((other) => value > (values[other] as number));
    found.splice(at < 0 ? found.length : at, 0, i);
    if (found.length > count) found.pop();
  }
  return found;
}

export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

const TABLE_END = 16;
const TABLE_STEPS = 128;
const TABLE = Float32Array.from({ length: 2 * TABLE_END * TABLE_STEPS + 2 }, (_, i) => sigmoid(i / TABLE_STEPS - TABLE_END));

/** Sigmoid of many numbers, in place: a table with linear steps, off by 1e-6 at most (float32's own grain is 1e-7). */
export function sigmoidAll(values: Float32Array): void {
  const end = TABLE_END - 1e-3;
  for (let i = 0; i < values.length; i++) {
    const x = values[i] as number;
    const at = ((x < -end ? -end : x > end ? end : x) + TABLE_END) * TABLE_STEPS;
    const below = at | 0;
    const low = TABLE[below] as number;
    values[i] = low + (at - below) * ((TABLE[below + 1] as number) - low);
  }
}
