/** Inputs and outputs of every task. A new task is one member here, one row in table.ts and one head. */
import type { Box, Size } from '../masks/types.ts';

export const TASK_IDS = ['semantic', 'panoptic', 'referring'] as const;
export type TaskId = (typeof TASK_IDS)[number];

/** A list of names to look for. Names found in a preset reuse its stored embeddings; only new words run the text encoder. */
export interface Vocabulary {
  readonly names: readonly string[];
  /** Per name; names without a flag count as things. */
  readonly isThing?: readonly boolean[];
}

/** Size of the masks wanted; without it, the picture's own size. */
interface Sized {
  readonly outputSize?: Size;
}

export interface TaskInputs {
  semantic: Sized & { readonly vocabulary: Vocabulary };
  panoptic: Sized & {
    readonly vocabulary: Vocabulary;
    readonly objectMaskThreshold?: number;
    readonly overlapThreshold?: number;
  };
  referring: Sized & { readonly phrase: string };
}

export interface Segment {
  /** Value of the segment in the id map; 1, 2, … */
  readonly id: number;
  readonly label: string;
  /** Index of the label in the vocabulary. */
  readonly labelIndex: number;
  /** Softmax probability over vocabulary and background. */
  readonly score: number;
  readonly isThing: boolean;
  readonly area: number;
  readonly bbox: Box;
  /** Names with the highest probability, best first, at most three: why this label. */
  readonly alternatives: readonly { readonly label: string; readonly score: number }[];
}

export interface SemanticOutput {
  readonly size: Size;
  /** Index into the vocabulary for every pixel. */
  readonly labels: Uint16Array;
  /** Vocabulary indices that occur with their areas, largest first. */
  readonly present: readonly { readonly labelIndex: number; readonly label: string; readonly area: number }[];
}

export interface PanopticOutput {
  readonly size: Size;
  /** Segment id for every pixel; 0 = no segment. */
  readonly ids: Uint16Array;
  readonly segments: readonly Segment[];
}

export interface ReferringOutput {
  readonly size: Size;
  /** 1 inside. The best query's mask is always given, even of a phrase that fits nothing; `matches` says whether to believe it. */
  readonly mask: Uint8Array;
  /** Probability that the best query is the phrase rather than background, 0..1. */
  readonly score: number;
  /** Whether score reaches the pack's threshold. */
  readonly matches: boolean;
  readonly area: number;
  readonly bbox: Box;
  /** Tokens fed, and whether the phrase was cut at the context length. */
  readonly tokens: number;
  readonly truncated: boolean;
}

export interface TaskOutputs {
  semantic: SemanticOutput;
  panoptic: PanopticOutput;
  referring: ReferringOutput;
}
