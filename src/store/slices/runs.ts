/** Results by picture. Masks are in the vault under the result's id; here is what may be read by the interface. */
import type { Segment } from '../../tasks/types.ts';
import type { Box, Size, Timings } from '../../engine/api.ts';
import type { PictureKey } from './library.ts';

export type ResultId = string & { readonly __brand: 'ResultId' };

interface Result {
  readonly id: ResultId;
  readonly picture: PictureKey;
  /** What was asked for; compared with what is wanted now. */
  readonly wanted: string;
  readonly size: Size;
  readonly timings: Timings;
  readonly graphs: readonly string[];
  /** Wall time from asking to having. */
  readonly ms: number;
}

export interface SeeResult extends Result {
  readonly kind: 'see';
  readonly segments: readonly Segment[];
}

export interface FindResult extends Result {
  readonly kind: 'find';
  readonly phrase: string;
  readonly score: number;
  readonly matches: boolean;
  readonly area: number;
  readonly bbox: Box;
  /** Tokens that were read, and whether the phrase had more. */
  readonly tokens: number;
  readonly truncated: boolean;
  /** How well the whole picture fits the phrase, where a search brought it here: mean cosine. */
  readonly whole: number | null;
}

/** A region that overlaps what is seen: the person may pick it in place of what lies on top. Its mask is region 1 in the vault. */
export interface Proposal {
  /** Beyond all numbers of regions, so that both can be picked together. */
  readonly id: number;
  readonly mask: ResultId;
  readonly label: string;
  readonly score: number;
  readonly area: number;
}

/** Numbers of regions that were pointed out start here, beyond those of proposals. */
export const POINTED_OUT = 20_000;

/** A region that the person pointed out. */
export interface PointedOut extends Proposal {
  /** Whether the decoder answered the marks; otherwise the proposal that fits them. */
  readonly prompted: boolean;
}

export interface Proposals {
  /** The result that they overlap. */
  readonly see: ResultId;
  readonly list: readonly Proposal[];
}

/** What all results of words have: no masks, so nothing of them is in the vault. */
interface Spoken extends Omit<Result, 'id' | 'size'> {
  readonly truncated?: boolean;
}

export interface DescribeResult extends Spoken {
  readonly kind: 'describe';
  readonly text: string;
  /** Mean log probability of a word. */
  readonly score: number;
  /** Labels of the picked regions that it describes; empty for the whole picture. */
  readonly about: readonly string[];
}

/** Words of a caption that is not whole. */
export interface Speaking {
  readonly picture: PictureKey;
  readonly wanted: string;
  readonly text: string;
}

export interface AskResult extends Spoken {
  readonly kind: 'ask';
  readonly question: string;
  readonly answers: readonly { readonly answer: string; readonly score: number }[];
}

export type JobKind = 'see' | 'preview' | 'find' | 'describe' | 'ask';

/** A piece of work: what is wanted, named so that two equal wants are one. */
export interface Want {
  readonly kind: JobKind;
  readonly picture: PictureKey;
  readonly wanted: string;
}

export interface RunsSlice {
  /** Newest result of each picture. */
  readonly see: Readonly<Record<PictureKey, SeeResult>>;
  /** Results of phrases, newest last, for all pictures. */
  readonly find: readonly FindResult[];
  /** The sentence of the search that a picture was opened from. */
  readonly pointed: Readonly<Record<PictureKey, string>>;
  /** What the words typed so far would find among the regions that are there already. */
  readonly preview: FindResult | null;
  readonly proposals: Readonly<Record<PictureKey, Proposals>>;
  /** What was pointed out in each picture, newest last. */
  readonly pointedOut: Readonly<Record<PictureKey, readonly PointedOut[]>>;
  /** The marks are being answered. */
  readonly pointing: boolean;
  readonly described: readonly DescribeResult[];
  readonly asked: readonly AskResult[];
  /** The caption that is being said, or was stopped, as far as it has come. */
  readonly speaking: Speaking | null;
  readonly running: Want | null;
  /** Wants that failed; not tried again until asked. */
  readonly failed: readonly Want[];
  /** Results whose outlines are ready in the vault. */
  readonly outlined: Readonly<Record<ResultId, true>>;
  /** Milliseconds that it took to draw the newest result. */
  readonly drawn: number;
}

export const runsSlice: RunsSlice = { see: {}, find: [], pointed: {}, preview: null, proposals: {}, pointedOut: {}, pointing: false, described: [], asked: [], speaking: null, running: null, failed: [], outlined: {}, drawn: 0 };
