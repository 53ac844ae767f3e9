/**
 * What a task row may ask of the engine. A step that was done before for the same picture or words costs nothing, so a
 * row just asks for what its head reads.
 */
import type { Size } from '../masks/types.ts';
import type { Decoded, MaskMapping } from './head.ts';
import type { Rows } from './scores.ts';

export interface PhraseTokens {
  /** T x d, not normalised, start to end token. */
  readonly tokens: Float32Array;
  /** Sentence embedding, normalised. */
  readonly sentence: Float32Array;
  readonly ids: readonly number[];
  /** Whether the phrase was cut at the context length. */
  readonly truncated: boolean;
}

export interface Steps {
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
  /** From stride-4 logits to masks of this size; without one, of the picture's. */
  mapping(size: Size | undefined): MaskMapping;
  /** The head's own arithmetic, timed as such. */
  head<T>(work: () => T): Promise<T>;
}
