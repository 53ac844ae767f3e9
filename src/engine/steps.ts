/** The steps of a task on a picture: each runs its graph at most once, checks for cancellation first and is recorded. */
import type { PictureId } from './api.ts';
import { breathe } from './breathe.ts';
import { EngineError, throwIfAborted } from './errors.ts';
import type { FeatureCache, Features } from './features.ts';
import type { LoadedPack } from './loaded.ts';
import { geometryInputs, LEVEL_STRIDES, pixelInput } from './picture/inputs.ts';
import { type Prepared, type Shelf, sizeKey } from './picture/shelf.ts';
import type { Tensor } from './platform.ts';
import { disposeAll, floats } from './sessions.ts';
import type { Timer } from './timing.ts';
import type { ExpectedWords } from '../tasks/consensus.ts';
import type { Decoded, MaskMapping, Placement } from '../tasks/head.ts';
import type { QueryBank } from '../tasks/retrieval.ts';
import { row, type Rows } from '../tasks/scores.ts';
import type { Colour, PhraseTokens, Pixels, Prompted, Steps, VisualPrompt, WordReader } from '../tasks/steps.ts';
import type { TaskId } from '../tasks/types.ts';
import { turnedOver } from '../masks/turned.ts';
import type { Box, Mask, Size } from '../masks/types.ts';
import { CachedWords, lookBias } from './words.ts';

export interface Bench {
  readonly pack: LoadedPack;
  readonly shelf: Shelf;
  readonly features: FeatureCache;
}

/** What of a picture is seen: all of it or a part, whether in a mirror, or a colour in its place. */
interface View {
  readonly part: Box | null;
  readonly turned: boolean;
  readonly colour: Colour | null;
}

const UPRIGHT: View = { part: null, turned: false, colour: null };

export class PictureSteps implements Steps {
  /** Graphs that ran, in order. */
  readonly graphs: string[];
  readonly #bench: Bench;
  readonly #picture: PictureId;
  readonly #size: string;
  readonly #timer: Timer;
  readonly #onWords: (text: string) => void;
  readonly #signal: AbortSignal;
  readonly #view: View;
  #geometry: Features['geometry'] | null = null;

  constructor(bench: Bench, picture: PictureId, size: string, timer: Timer, onWords: (text: string) => void, signal: AbortSignal, graphs: string[] = [], view: View = UPRIGHT) {
    this.graphs = graphs;
    this.#bench = bench;
    this.#picture = picture;
    this.#size = size;
    this.#timer = timer;
    this.#onWords = onWords;
    this.#signal = signal;
    this.#view = view;
  }

  at(task: TaskId): Steps {
    const entry = this.#bench.pack.manifest.tasks[task];
    if (!entry?.available) throw new EngineError('task-unavailable', entry?.reason ?? 'The pack lacks a task that this one needs.');
    return this.#with(entry.size, this.#view);
  }

  mirrored(size: string): Steps {
    return this.#with(size, { ...this.#view, turned: !this.#view.turned });
  }

  closer(part: Box): Steps {
    return this.#with(this.#size, { ...this.#view, part });
  }

  even(colour: Colour): Steps {
    return this.#with(this.#size, { ...this.#view, colour });
  }

  #with(size: string, view: View): PictureSteps {
    return new PictureSteps(this.#bench, this.#picture, size, this.#timer, this.#onWords, this.#signal, this.graphs, view);
  }

  options(task: TaskId): Readonly<Record<string, unknown>> {
    const entry = this.#bench.pack.manifest.tasks[task];
    return entry?.available ? entry.options : {};
  }

  get promptable(): boolean {
    return this.#bench.pack.sessions.has('prompted');
  }

  async pixels(): Promise<Pixels> {
    const { geometry, rgb } = await this.#prepared();
    return { ...geometry.content, data: rgb };
  }

  async placement(): Promise<Placement> {
    return (await this.#features()).geometry;
  }

  async prompted(prompts: readonly VisualPrompt[]): Promise<Prompted> {
    const read = [];
    for (const prompt of prompts) read.push({ ...prompt, ...(await this.#readPrompt(prompt)) });
    const features = await this.#features();
    const feeds = this.#promptFeeds(null, read.map((p) => p.tokens));
    const outputs = await this.#run('prompted', { ...features.tensors, ...feeds });
    disposeAll(feeds);
    const { mask_embeddings: embeddings } = outputs;
    if (!embeddings) throw new EngineError('graph-failed', 'The prompted decoder gave no mask embeddings.');
    const [, count = 0, dim = 0] = embeddings.dims;
    const maskEmbeddings = { count, dim, data: await floats(embeddings) };
    return { decoded: await decodedFrom(outputs), maskEmbeddings, pooled: meanOf(read.filter((p) => p.positive).map((p) => p.pooled)) };
  }

  /** Mean mask feature under a prompt's points, and its tokens for each level. */
  async #readPrompt({ points, positive }: VisualPrompt): Promise<{ readonly pooled: Float32Array; readonly tokens: readonly Float32Array[] }> {
    const { pack } = this.#bench;
    const features = await this.#features();
    const feeds = {
      points: pack.sessions.tensor({ data: points, dims: [1, points.length / 2, 2] }),
      sign: pack.sessions.tensor({ data: Int32Array.of(positive ? 0 : 1), dims: [1] }),
    };
    const { pooled, ...others } = await this.#run('prompt', { ...features.tensors, ...feeds });
    if (!pooled) throw new EngineError('graph-failed', 'The prompt graph gave no pooled features.');
    const tokens: Float32Array[] = [];
    for (let level = 0; level < LEVEL_STRIDES.length; level++) {
      const made = others[`prompt_tokens_${level}`];
      if (made) tokens.push(await floats(made));
    }
    const mean = await floats(pooled);
    disposeAll({ ...feeds, ...others, pooled });
    return { pooled: mean, tokens };
  }

  /** Text tokens and visual prompts of a pass, one after the other in each level; either may be none. */
  #promptFeeds(text: Float32Array | null, prompts: readonly (readonly Float32Array[])[]): Record<string, Tensor> {
    const feeds: Record<string, Tensor> = { tokens: this.#rows(text ?? new Float32Array(0)) };
    LEVEL_STRIDES.forEach((_, level) => (feeds[`prompt_tokens_${level}`] = this.#rows(joined(prompts.map((p) => p[level] ?? new Float32Array(0))))));
    return feeds;
  }

  /** Rows of the decoder's width as a tensor [1, n, d]. */
  #rows(data: Float32Array): Tensor {
    const { sessions, manifest } = this.#bench.pack;
    return sessions.tensor({ data, dims: [1, data.length / manifest.model.dim, manifest.model.dim] });
  }

  get logitScale(): number {
    return this.#bench.pack.manifest.model.logitScale;
  }

  async classes(names: readonly string[]): Promise<Rows> {
    return this.#text(() => this.#bench.pack.text.vocabulary(names, () => this.#checkpoint()));
  }

  async background(): Promise<Float32Array> {
    return this.#text(() => this.#bench.pack.text.background());
  }

  async phrase(text: string): Promise<PhraseTokens> {
    return this.#text(() => this.#bench.pack.text.phrase(text));
  }

  async base(): Promise<Decoded> {
    const features = await this.#features();
    if (features.base) return features.base;
    const outputs = await this.#run('base', features.tensors);
    features.base = await decodedFrom(outputs);
    this.#bench.features.trim();
    return features.base;
  }

  async ground(phrase: PhraseTokens): Promise<Decoded> {
    const features = await this.#features();
    // SEEM has no copy of the queries for grounding: its latent queries take the tokens themselves.
    const role = this.#bench.pack.sessions.has('ground') ? 'ground' : 'prompted';
    const feeds = this.#promptFeeds(phrase.tokens, []);
    const outputs = await this.#run(role, { ...features.tensors, ...feeds });
    disposeAll(feeds);
    return decodedFrom(outputs);
  }

  async words(region: Mask | null): Promise<WordReader> {
    const { pack } = this.#bench;
    const features = await this.#features();
    const { expected_words: words, ...queries } = await this.#run('caption_prefill', features.tensors);
    const expected = words ? expectedWords(await floats(words)) : null;
    words?.dispose();
    const bias = lookBias(features.geometry, region, (host) => pack.sessions.tensor(host));
    const fixed = { ...features.tensors, ...queries, ...bias };
    return new CachedWords(pack, expected, fixed, { ...queries, ...bias }, (feeds) => this.#run('caption_step', feeds));
  }

  say(text: string): void {
    this.#onWords(text);
  }

  async answer(question: PhraseTokens): Promise<Float32Array> {
    const features = await this.#features();
    const tokens = this.#rows(question.tokens);
    const { logits, ...others } = await this.#run('vqa', { ...features.tensors, tokens });
    if (!logits) throw new EngineError('graph-failed', 'The question graph gave no logits.');
    const values = await floats(logits);
    disposeAll({ logits, tokens, ...others });
    return values;
  }

  async answers(): Promise<readonly string[]> {
    return this.#bench.pack.answers;
  }

  async imageVectors(): Promise<readonly Float32Array[]> {
    const { embeddings, imageQuery } = await this.base();
    const pooled = (await this.#features()).tensors['image_embedding'];
    const image = imageQuery ?? row(embeddings, embeddings.count - 1);
    return pooled ? [image, await floats(pooled)] : [image];
  }

  async queryBank(): Promise<QueryBank | null> {
    return this.#bench.pack.queryBank;
  }

  mapping(size: Size | undefined): MaskMapping {
    const geometry = this.#geometry;
    if (!geometry) throw new EngineError('internal', 'A head asked for masks before a decoder pass.');
    return geometry.mapping(size ?? geometry.picture, this.#bench.pack.manifest.preprocess.maskResize);
  }

  async head<T>(work: () => T): Promise<T> {
    await this.#checkpoint();
    return this.#timer.span('head', work);
  }

  async #features(): Promise<Features> {
    const { pack, features } = this.#bench;
    const { turned, part, colour } = this.#view;
    const seen = `${part?.join(',') ?? 'whole'}${turned ? ' turned' : ''}${colour ? ` in ${colour.join(',')}` : ''}`;
    const key = `${this.#picture} ${sizeKey(pack.manifest, this.#size)} ${seen}`;
    const known = features.get(key);
    if (known) {
      this.#geometry = known.geometry;
      return known;
    }
    const { geometry, rgb } = await this.#prepared();
    const feeds = await this.#timer.span('prepare', () => {
      const shown = colour ? rgb.map((_, i) => colour[i % 3] as number) : rgb;
      const upright = pixelInput(shown, geometry.content, geometry.padded, pack.manifest.preprocess);
      const pixels = turned ? { ...upright, data: turnedOver(upright.data, geometry.padded.width) } : upright;
      const inputs: Record<string, Tensor> = { pixels: pack.sessions.tensor(pixels) };
      for (const [name, host] of Object.entries(geometryInputs(geometry.padded, pack.manifest))) inputs[name] = pack.sessions.tensor(host);
      return inputs;
    });
    const tensors = await this.#run('image', feeds);
    disposeAll(feeds);
    const made: Features = { geometry, tensors, base: null };
    features.put(key, made);
    this.#geometry = geometry;
    return made;
  }

  async #prepared(): Promise<Prepared> {
    const { pack, shelf } = this.#bench;
    const { part } = this.#view;
    return part ? shelf.part(this.#picture, part, pack.manifest, this.#size, this.#timer) : shelf.prepared(this.#picture, pack.manifest, this.#size, this.#timer);
  }

  async #text<T>(work: () => Promise<T>): Promise<T> {
    await this.#checkpoint();
    const { runs } = this.#bench.pack.sessions;
    const before = runs['text'] ?? 0;
    const result = await this.#timer.span('text', work);
    for (let n = before; n < (runs['text'] ?? 0); n++) this.graphs.push('text');
    return result;
  }

  async #run(role: string, feeds: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>> {
    await this.#checkpoint();
    const outputs = await this.#timer.span(role, () => this.#bench.pack.sessions.run(role, feeds));
    this.graphs.push(role);
    return outputs;
  }

  /** Lets messages in (a WASM run blocks the thread), then stops if one of them was a cancel or a newer request. */
  async #checkpoint(): Promise<void> {
    await breathe();
    throwIfAborted(this.#signal);
  }
}

/** `masks` [1, n, h, w], `embeddings` [1, n, d] and perhaps `image_query` [1, d], brought to the CPU and let go on the device. */
async function decodedFrom(outputs: Readonly<Record<string, Tensor>>): Promise<Decoded> {
  const { masks, embeddings, image_query: imageQuery } = outputs;
  if (!masks || !embeddings) throw new EngineError('graph-failed', 'A decoder graph gave no masks or embeddings.');
  const [, count = 0, height = 0, width = 0] = masks.dims;
  const dim = embeddings.dims[2] ?? 0;
  const decoded: Decoded = {
    masks: { count, height, width, data: await floats(masks) },
    embeddings: { count, dim, data: await floats(embeddings) },
    ...(imageQuery && { imageQuery: await floats(imageQuery) }),
  };
  disposeAll(outputs);
  return decoded;
}

/** Two rows: what is expected, and how rare it is. */
const expectedWords = (rows: Float32Array): ExpectedWords => ({ weights: rows.subarray(0, rows.length / 2), rarity: rows.subarray(rows.length / 2) });

function joined(parts: readonly Float32Array[]): Float32Array {
  const out = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

const meanOf = (vectors: readonly Float32Array[]): Float32Array =>
  Float32Array.from(vectors[0] ?? [], (_, i) => vectors.reduce((sum, v) => sum + (v[i] ?? 0), 0) / vectors.length);
