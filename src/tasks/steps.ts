/**
 * What a task row may ask of the engine. A step that was done before for the same picture or words costs nothing, so a
 * row just asks for what its head reads.
 */
import type { Box, Mask, Size } from '../masks/types.ts';
import type { ExpectedWords } from './consensus.ts';
import type { Decoded, MaskMapping, Placement } from './head.ts';
import type { QueryBank } from './retrieval.ts';
import type { Rows } from './scores.ts';
import type { TaskId } from './types.ts';

/** Red, green and blue, 0..255. */
export type Colour = readonly [number, number, number];

/** What the model is shown of a picture, without padding: RGB bytes. */
export interface Pixels extends Size {
  readonly data: Uint8Array;
}

export interface PhraseTokens {
  /** T x d, not normalised, start to end token. */
  readonly tokens: Float32Array;
  /** Sentence embedding, normalised. */
  readonly sentence: Float32Array;
  readonly ids: readonly number[];
  /** Whether the phrase was cut at the context length. */
  readonly truncated: boolean;
}

/** Captions one word at a time, several side by side: all that was computed for earlier words is kept (spec section 12.5). */
export interface WordReader {
  readonly startToken: number;
  readonly endToken: number;
  /** Tokens that fit after the start token. */
  readonly most: number;
  /** What captions of the picture are expected to be made of; null in packs without weights for it. */
  readonly expected: ExpectedWords | null;
  /**
   * Reads one more token of each sentence and gives the logits of its next. `parents` are rows of the call before, whose
   * words each goes on from; before the first call there is row 0, of no words.
   */
  next(parents: readonly number[], tokens: readonly number[]): Promise<readonly Float32Array[]>;
  decode(tokenIds: readonly number[]): string;
  close(): void;
}

/** Places that a person marked (spec section 11). */
export interface VisualPrompt {
  /** P x 2: x and y in -1..1 over the padded model input. */
  readonly points: Float32Array;
  /** Whether the wanted thing is there, or is not. */
  readonly positive: boolean;
}

export interface Prompted {
  readonly decoded: Decoded;
  /** Of the same queries: their product with `pooled` says how well a query fits. */
  readonly maskEmbeddings: Rows;
  /** Mean mask feature under the positive prompts. */
  readonly pooled: Float32Array;
}

export interface Steps {
  /** The same picture at the input size of another task. */
  at(task: TaskId): Steps;
  /** The mirror image of the picture at a size of the pack, padding and all: cells of its masks run from right to left. */
  mirrored(size: string): Steps;
  /** A part of the picture, in its pixels, as a picture of its own at the same size. */
  closer(part: Box): Steps;
  /** In its place a picture of one colour, of the same size. */
  even(colour: Colour): Steps;
  /** What the pack says of another task. */
  options(task: TaskId): Readonly<Record<string, unknown>>;
  /** Whether the decoder itself takes visual prompts (SEEM). */
  readonly promptable: boolean;
  /** Latent queries together with visual prompts; only where the pack is promptable. */
  prompted(prompts: readonly VisualPrompt[]): Promise<Prompted>;
  pixels(): Promise<Pixels>;
  /** How the picture lies in the model's input. */
  placement(): Promise<Placement>;
  /** Scale of cosine similarities, already exp'ed. */
  readonly logitScale: number;
  /** K + 1 normalised rows, "background" last. Runs `text` for unseen names only. */
  classes(names: readonly string[]): Promise<Rows>;
  /** Normalised embedding of the pack's background name. */
  background(): Promise<Float32Array>;
  phrase(text: string): Promise<PhraseTokens>;
  /** Latent queries on the picture: once a picture. */
  base(): Promise<Decoded>;
  /** Grounding queries together with the tokens of one phrase. */
  ground(phrase: PhraseTokens): Promise<Decoded>;
  /** A caption to be read word by word; close it in any case. `region` limits where the words look. */
  words(region: Mask | null): Promise<WordReader>;
  /** What has been said so far, for whoever listens. */
  say(text: string): void;
  /** Logits over the pack's answers for a question. */
  answer(question: PhraseTokens): Promise<Float32Array>;
  /** The pack's answers, '' where an index has none. */
  answers(): Promise<readonly string[]>;
  /** Image vectors, not normalised: the image query's embedding and the pooled backbone's. */
  imageVectors(): Promise<readonly Float32Array[]>;
  /** What retrieval's vectors are evened by; null in packs without. */
  queryBank(): Promise<QueryBank | null>;
  /** From stride-4 logits to masks of this size; without one, of the picture's. */
  mapping(size: Size | undefined): MaskMapping;
  /** The head's own arithmetic, timed as such. */
  head<T>(work: () => T): Promise<T>;
}
