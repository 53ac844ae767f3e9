/**
 * Sentences and names to embeddings. What was encoded once is kept; only unseen words run the `text` graph, in batches.
 *
 * Sentence embedding: the row of the first end token, normalised. Name embedding: mean over the templates of the
 * normalised sentences, normalised again (spec section 5). Causal attention makes padding after the end token harmless.
 */
import { normalise, type Rows } from '../../tasks/scores.ts';
import { keep } from '../keep.ts';
import type { Manifest } from '../pack/schema.ts';
import { nameKey, promptsFor } from './prompts.ts';
import type { PackTokenizer, Tokens } from './tokenizer.ts';

/** Runs `text`: N rows of T ids to N x T x d numbers. */
export type TextGraph = (ids: Int32Array, rows: number, length: number) => Promise<Float32Array>;

export interface Phrase extends Tokens {
  /** T x d, not normalised: start to end token. */
  readonly tokens: Float32Array;
  /** Normalised. */
  readonly sentence: Float32Array;
}

const BATCH = 32;
/** Lengths are rounded up to this, so that a GPU compiles few shapes. */
const STEP = 8;
/** Kept embeddings; 8,192 of 512 floats are 16 MB. */
const KEPT = 8192;

export class TextEncoder {
  readonly #graph: TextGraph;
  readonly #tokenizer: PackTokenizer;
  readonly #manifest: Manifest;
  readonly #stored = new Map<string, Float32Array>();
  readonly #encoded = new Map<string, Float32Array>();
  readonly #phrases = new Map<string, Phrase>();

  constructor(graph: TextGraph, tokenizer: PackTokenizer, manifest: Manifest) {
    this.#graph = graph;
    this.#tokenizer = tokenizer;
    this.#manifest = manifest;
  }

  /** Takes over stored embeddings; the first one of a name stays. */
  learn(names: readonly string[], embeddings: Rows): void {
    names.forEach((name, i) => {
      const key = nameKey(name);
      if (!this.#stored.has(key)) this.#stored.set(key, embeddings.data.slice(i * embeddings.dim, (i + 1) * embeddings.dim));
    });
  }

  /**
   * K + 1 normalised rows, "background" last.
   *
   * @param between awaited before each batch: new names may take many, and it may stop them by throwing
   */
  async vocabulary(names: readonly string[], between: () => Promise<void> = async () => undefined): Promise<Rows> {
    const wanted = [...names, this.#manifest.text.background];
    const found = new Map<string, Float32Array>();
    const unseen: string[] = [];
    for (const key of new Set(wanted.map(nameKey))) {
      const known = this.#stored.get(key) ?? this.#encoded.get(key);
      if (known) found.set(key, known);
      else unseen.push(key);
    }
    for (const [key, embedding] of await this.#encodeNames(unseen, between)) found.set(key, embedding);
    const dim = this.#manifest.model.dim;
    const data = new Float32Array(wanted.length * dim);
    wanted.forEach((name, i) => data.set(found.get(nameKey(name)) ?? [], i * dim));
    return { count: wanted.length, dim, data };
  }

  async background(): Promise<Float32Array> {
    return (await this.vocabulary([])).data;
  }

  async phrase(text: string): Promise<Phrase> {
    const known = this.#phrases.get(text);
    if (known) return known;
    const { ids, truncated } = this.#tokenizer.encode(text);
    const dim = this.#manifest.model.dim;
    const states = await this.#graph(Int32Array.from(ids), 1, ids.length);
    const end = this.#end(ids);
    const phrase: Phrase = {
      ids: ids.slice(0, end + 1),
      truncated,
      tokens: states.slice(0, (end + 1) * dim),
      sentence: normalise(states.slice(end * dim, (end + 1) * dim)),
    };
    keep(this.#phrases, text, phrase, 256);
    return phrase;
  }

  async #encodeNames(names: readonly string[], between: () => Promise<void>): Promise<[string, Float32Array][]> {
    const templates = this.#manifest.text.templates;
    const sentences = await this.#sentences(names.flatMap((name) => promptsFor(name, templates)), between);
    return names.map((name, n) => {
      const mean = new Float32Array(this.#manifest.model.dim);
      for (const s of sentences.slice(n * templates.length, (n + 1) * templates.length)) {
        s.forEach((value, i) => (mean[i] = (mean[i] ?? 0) + value / templates.length));
      }
      const embedding = normalise(mean);
      keep(this.#encoded, name, embedding, KEPT);
      return [name, embedding];
    });
  }

  /** Normalised sentence embeddings, in batches of similar length; none is kept. */
  async #sentences(texts: readonly string[], between: () => Promise<void>): Promise<Float32Array[]> {
    const encoded = texts.map((text, index) => ({ index, ids: this.#tokenizer.encode(text).ids })).sort((a, b) => a.ids.length - b.ids.length);
    const out: Float32Array[] = Array.from({ length: texts.length }, () => new Float32Array(0));
    const dim = this.#manifest.model.dim;
    for (let from = 0; from < encoded.length; from += BATCH) {
      await between();
      const batch = encoded.slice(from, from + BATCH);
      const longest = Math.max(...batch.map((e) => e.ids.length));
      const length = Math.min(Math.ceil(longest / STEP) * STEP, this.#manifest.tokenizer.contextLength);
      const ids = new Int32Array(batch.length * length).fill(this.#tokenizer.endToken);
      batch.forEach((e, row) => ids.set(e.ids, row * length));
      const states = await this.#graph(ids, batch.length, length);
      batch.forEach((e, row) => {
        const at = (row * length + this.#end(e.ids)) * dim;
        out[e.index] = normalise(states.slice(at, at + dim));
      });
    }
    return out;
  }

  #end(ids: readonly number[]): number {
    const at = ids.indexOf(this.#tokenizer.endToken);
    return at < 0 ? ids.length - 1 : at;
  }
}
