/** Inputs and outputs of every task. A new task is one member here, one row in table.ts and one head. */
import type { Box, Mask, Point, Size } from '../masks/types.ts';

/** Names of tasks as manifests have them. */
export const TASK_IDS = ['semantic', 'panoptic', 'instance', 'referring', 'pick', 'caption', 'region_caption', 'vqa', 'retrieval', 'region_retrieval'] as const;
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

export interface Click extends Point {
  readonly positive: boolean;
}

/** What a person points with, in pixels of the picture; at least one of them. */
export interface Marks {
  readonly clicks?: readonly Click[];
  readonly box?: Box;
  readonly stroke?: readonly Point[];
  /** Of any size; it spans the whole picture. */
  readonly mask?: Mask;
}

export interface TaskInputs {
  semantic: Sized & { readonly vocabulary: Vocabulary };
  panoptic: Sized & {
    readonly vocabulary: Vocabulary;
    readonly objectMaskThreshold?: number;
    readonly overlapThreshold?: number;
  };
  instance: Sized & { readonly vocabulary: Vocabulary; readonly minScore?: number };
  referring: Sized & { readonly phrase: string };
  /** `part`: where to look closer, as an earlier answer has it; null: nowhere. Without it, where the pack would. */
  pick: Sized & Marks & { readonly part?: Box | null };
  caption: Record<never, never>;
  /** `region` spans the whole picture: 1 where the words may look. */
  region_caption: { readonly region: Mask };
  vqa: { readonly question: string };
  retrieval: Record<never, never>;
  region_retrieval: Sized & { readonly query: string };
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

export interface Instance extends Omit<Segment, 'alternatives'> {
  readonly mask: Uint8Array;
}

export interface InstanceOutput {
  readonly size: Size;
  /** Instance id for every pixel, the better one where instances overlap; 0 = none. */
  readonly ids: Uint16Array;
  /** Best first; their masks may overlap. */
  readonly instances: readonly Instance[];
}

export interface PickOutput {
  readonly size: Size;
  readonly mask: Uint8Array;
  /** Of a SEEM pack the probability of the chosen query; else how well the chosen proposal fits the marks; 0..1. */
  readonly score: number;
  readonly area: number;
  readonly bbox: Box;
  /** Row of the chosen query. */
  readonly query: number;
  /** Part of the picture, whole pixels, that a closer look is at, whether it was taken or not; null: there is no need. */
  readonly part: Box | null;
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

export interface CaptionOutput {
  readonly text: string;
  /** From the start token on, the end token included where it was said. */
  readonly tokenIds: readonly number[];
  /** Mean log probability of the chosen words. */
  readonly score: number;
}

export interface QuestionOutput {
  /** Best first, at most five; scores are a softmax over the pack's whole list. */
  readonly answers: readonly { readonly answer: string; readonly score: number }[];
  readonly truncated: boolean;
}

export interface RetrievalOutput {
  /** Its dot product with a sentence's normalised embedding is the retrieval score: mean cosine of two image vectors. */
  readonly embedding: Float32Array;
}

export interface RegionRetrievalOutput {
  /** How well the whole picture fits the sentence: mean cosine. */
  readonly similarity: number;
  /** Where in it. */
  readonly region: ReferringOutput;
}

export interface TaskOutputs {
  semantic: SemanticOutput;
  panoptic: PanopticOutput;
  instance: InstanceOutput;
  referring: ReferringOutput;
  pick: PickOutput;
  caption: CaptionOutput;
  region_caption: CaptionOutput;
  vqa: QuestionOutput;
  retrieval: RetrievalOutput;
  region_retrieval: RegionRetrievalOutput;
}
