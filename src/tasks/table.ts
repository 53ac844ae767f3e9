/**
 * THE TABLE: a task is a combination of queries (X-Decoder section 3.1; docs/engine.md).
 *
 * Each row says what goes in, who sees whom, which graphs run, what is read and where a changed option restarts. The
 * engine runs whatever a row says; the app shows it. A new task is one row here and one head beside.
 */
import type { Mask, Size } from '../masks/types.ts';
import { askedOf } from './asked.ts';
import { caption } from './caption.ts';
import { instance } from './instance.ts';
import { withLookup } from './lookup.ts';
import { seen } from './mirror.ts';
import { panoptic } from './panoptic.ts';
import { checkMarks, checkPart, pick } from './pick.ts';
import { bestAnswers } from './question.ts';
import { referring } from './referring.ts';
import { imageEmbedding } from './retrieval.ts';
import { semantic } from './semantic.ts';
import type { Steps } from './steps.ts';
import { dot } from './scores.ts';
import type { CaptionOutput, ReferringOutput, TaskId, TaskInputs, TaskOutputs, Vocabulary } from './types.ts';

export type GraphRole = 'image' | 'base' | 'ground' | 'text' | 'caption_prefill' | 'caption_step' | 'vqa' | 'prompt' | 'prompted';

/** Pieces of a query combination, for people: solid = latent queries, dashed = text, tinted = what comes out. */
export type QueryPart = 'objects' | 'image-query' | 'grounding-copy' | 'names' | 'phrase' | 'words-so-far' | 'region' | 'question' | 'marks';
export type Outcome = 'segments' | 'labels' | 'mask' | 'words' | 'answer' | 'vector';

/** A manifest's options for a task: thresholds that a request may override. */
export type PackOptions = Readonly<Record<string, unknown>>;

export interface TaskRow<T extends TaskId> {
  readonly id: T;
  readonly inputs: readonly QueryPart[];
  readonly outcome: Outcome;
  /** Who sees whom in self-attention. */
  readonly sees: string;
  /** Decoder pass whose answer the head reads. */
  readonly pass: 'base' | 'ground' | 'words' | 'question' | 'prompted';
  /** What the text encoder reads for this task; a caption's words are read inside its own pass. */
  readonly text: 'vocabulary' | 'phrase' | 'none';
  /** Where each option restarts: at the head (no graph), at the text encoder or at a decoder pass. Never at the picture. */
  readonly restarts: Readonly<Record<string, 'head' | 'text' | 'prompt' | 'words'>>;
  /** Graphs that may run, in a pack that has them; the manifest says which a pack's task needs. */
  readonly graphs: readonly GraphRole[];
  /** One sentence about what is wrong with a request about a picture of this size, or null. */
  check(input: TaskInputs[T], picture: Size): string | null;
  run(steps: Steps, input: TaskInputs[T], options: PackOptions): Promise<TaskOutputs[T]>;
}

const number = (options: PackOptions, name: string, fallback: number): number => {
  const value = options[name];
  return typeof value === 'number' ? value : fallback;
};

const word = (options: PackOptions, name: string): string | null => {
  const value = options[name];
  return typeof value === 'string' ? value : null;
};

/** A mask of more pixels than this is no mask that anyone looks at. */
const MAX_OUTPUT = 120_000_000;

function checkSize(size: Size | undefined): string | null {
  if (!size) return null;
  const whole = [size.width, size.height].every((n) => Number.isInteger(n) && n > 0);
  return whole && size.width * size.height <= MAX_OUTPUT ? null : `A result can't be ${size.width} x ${size.height} pixels large.`;
}

function checkVocabulary({ names, isThing }: Vocabulary): string | null {
  if (names.length === 0) return 'There are no names to look for.';
  if (names.length > 65534) return 'There are more than 65,534 names to look for.';
  if (names.some((name) => name.trim() === '')) return 'A name to look for is empty.';
  return isThing && isThing.length !== names.length ? 'There must be one thing-or-stuff flag a name.' : null;
}

const checkThreshold = (value: number | undefined, name: string): string | null =>
  value === undefined || (value >= 0 && value <= 1) ? null : `The ${name} must lie between 0 and 1.`;

const rivalry = (options: PackOptions): { readonly background: number } => ({ background: number(options, 'background', 1) });

const things = ({ names, isThing }: Vocabulary): readonly boolean[] => isThing ?? names.map(() => true);

async function speak(steps: Steps, region: Mask | null, options: PackOptions): Promise<CaptionOutput> {
  const reader = await steps.words(region);
  const search = { beams: number(options, 'beams', 1), growing: number(options, 'consensusGrowing', 0), chosen: number(options, 'consensus', 0) };
  try {
    return await caption(reader, search, (text) => steps.say(text));
  } finally {
    reader.close();
  }
}

/** The vector that a picture is found by. */
async function embedded(steps: Steps): Promise<Float32Array> {
  const vectors = await steps.imageVectors();
  const bank = await steps.queryBank();
  return steps.head(() => imageEmbedding(vectors, bank));
}

async function refer(steps: Steps, phrase: string, outputSize: Size | undefined, options: PackOptions): Promise<ReferringOutput> {
  const words = await steps.phrase(phrase.trim());
  const background = await steps.background();
  const decoded = await steps.ground(words);
  const minScore = number(options, 'minScore', 0.5);
  const found = await steps.head(() => referring(decoded, words.sentence, background, steps.logitScale, steps.mapping(outputSize), { minScore }));
  return { ...found, tokens: words.ids.length, truncated: words.truncated };
}

export const TASKS: { readonly [T in TaskId]: TaskRow<T> } = {
  semantic: {
    id: 'semantic',
    inputs: ['objects', 'image-query', 'names'],
    outcome: 'labels',
    sees: 'object queries and the image query apart',
    pass: 'base',
    text: 'vocabulary',
    restarts: { vocabulary: 'text', outputSize: 'head' },
    graphs: ['image', 'base', 'text'],
    check: ({ vocabulary, outputSize }) => checkVocabulary(vocabulary) ?? checkSize(outputSize),
    async run(steps, { vocabulary, outputSize }, options) {
      const text = await steps.classes(vocabulary.names);
      const decoded = await seen(steps, word(options, 'mirrored'));
      const election = { temperature: number(options, 'temperature', 1), prior: number(options, 'prior', 0), ...rivalry(options) };
      return steps.head(() => semantic(decoded, text, vocabulary.names, steps.logitScale, steps.mapping(outputSize), election));
    },
  },
  panoptic: {
    id: 'panoptic',
    inputs: ['objects', 'image-query', 'names'],
    outcome: 'segments',
    sees: 'object queries and the image query apart',
    pass: 'base',
    text: 'vocabulary',
    restarts: { vocabulary: 'text', objectMaskThreshold: 'head', overlapThreshold: 'head', outputSize: 'head' },
    graphs: ['image', 'base', 'text'],
    check: (input) =>
      checkVocabulary(input.vocabulary) ??
      checkSize(input.outputSize) ??
      checkThreshold(input.objectMaskThreshold, 'least score') ??
      checkThreshold(input.overlapThreshold, 'least visible share'),
    async run(steps, input, options) {
      const { vocabulary } = input;
      const text = await steps.classes(vocabulary.names);
      const decoded = await seen(steps, word(options, 'mirrored'));
      const thresholds = {
        objectMask: input.objectMaskThreshold ?? number(options, 'objectMask', 0.8),
        overlap: input.overlapThreshold ?? number(options, 'overlap', 0.8),
        nms: number(options, 'nms', 1),
        ...rivalry(options),
      };
      return steps.head(() => panoptic(decoded, text, vocabulary.names, things(vocabulary), steps.logitScale, steps.mapping(input.outputSize), thresholds));
    },
  },
  instance: {
    id: 'instance',
    inputs: ['objects', 'image-query', 'names'],
    outcome: 'segments',
    sees: 'object queries and the image query apart',
    pass: 'base',
    text: 'vocabulary',
    restarts: { vocabulary: 'text', minScore: 'head', outputSize: 'head' },
    graphs: ['image', 'base', 'text'],
    check: ({ vocabulary, outputSize, minScore }) => checkVocabulary(vocabulary) ?? checkSize(outputSize) ?? checkThreshold(minScore, 'least score'),
    async run(steps, { vocabulary, outputSize, minScore }, options) {
      const text = await steps.classes(vocabulary.names);
      const decoded = await seen(steps, word(options, 'mirrored'));
      const least = { minScore: minScore ?? number(options, 'minScore', 0.5), ...rivalry(options) };
      return steps.head(() => instance(decoded, text, vocabulary.names, things(vocabulary), steps.logitScale, steps.mapping(outputSize), least));
    },
  },
  referring: {
    id: 'referring',
    inputs: ['grounding-copy', 'phrase'],
    outcome: 'mask',
    sees: 'copied object queries and phrase tokens, all to all',
    pass: 'ground',
    text: 'phrase',
    restarts: { phrase: 'text', outputSize: 'head' },
    graphs: ['image', 'text', 'ground', 'prompted'],
    check: ({ phrase, outputSize }) => (phrase.trim() === '' ? 'The phrase is empty.' : checkSize(outputSize)),
    run: (steps, { phrase, outputSize }, options) => refer(steps, phrase, outputSize, options),
  },
  pick: {
    id: 'pick',
    inputs: ['objects', 'marks'],
    outcome: 'mask',
    sees: 'as the base pass; where the pack takes visual prompts, object queries see them and they see each other',
    pass: 'prompted',
    text: 'none',
    restarts: { clicks: 'prompt', box: 'prompt', stroke: 'prompt', mask: 'prompt', part: 'prompt', outputSize: 'head' },
    graphs: ['image', 'base', 'prompt', 'prompted'],
    check: (input, picture) => checkMarks(input, picture) ?? checkPart(input.part, picture) ?? checkSize(input.outputSize),
    run: (steps, input, options) => pick(steps, input, { scoreScale: number(options, 'scoreScale', 0) || null, closer: number(options, 'closer', 0) }),
  },
  caption: {
    id: 'caption',
    inputs: ['objects', 'image-query', 'words-so-far'],
    outcome: 'words',
    sees: 'a word sees all latent queries and the words before it; no query sees words',
    pass: 'words',
    text: 'none',
    restarts: {},
    graphs: ['image', 'caption_prefill', 'caption_step'],
    check: () => null,
    run: (steps, _, options) => speak(steps, null, options),
  },
  region_caption: {
    id: 'region_caption',
    inputs: ['objects', 'image-query', 'region', 'words-so-far'],
    outcome: 'words',
    sees: 'as captions, and words look at the picture inside the region only',
    pass: 'words',
    text: 'none',
    restarts: { region: 'words' },
    graphs: ['image', 'caption_prefill', 'caption_step'],
    check: ({ region }) => {
      if (region.data.length !== region.width * region.height) return 'The region has the wrong number of pixels.';
      return region.data.includes(1) ? null : 'The region is empty.';
    },
    run: (steps, { region }, options) => speak(steps, region, options),
  },
  vqa: {
    id: 'vqa',
    inputs: ['objects', 'image-query', 'question'],
    outcome: 'answer',
    sees: 'as captions; no row is limited by its own mask',
    pass: 'question',
    text: 'phrase',
    restarts: { question: 'text' },
    graphs: ['image', 'text', 'vqa', 'base'],
    check: ({ question }) => (question.trim() === '' ? 'The question is empty.' : null),
    async run(steps, { question }, options) {
      const words = await steps.phrase(question.trim());
      const answers = await steps.answers();
      const asked = askedOf(question);
      const weight = asked ? number(options, asked.about, 0) : 0;
      const whole = await steps.answer(words);
      const logits = asked && weight > 0 ? await withLookup(steps, words, asked, whole, weight) : whole;
      return { answers: await steps.head(() => bestAnswers(logits, answers)), truncated: words.truncated };
    },
  },
  retrieval: {
    id: 'retrieval',
    inputs: ['objects', 'image-query'],
    outcome: 'vector',
    sees: 'object queries and the image query apart',
    pass: 'base',
    text: 'none',
    restarts: {},
    graphs: ['image', 'base'],
    check: () => null,
    async run(steps) {
      return { embedding: await embedded(steps) };
    },
  },
  region_retrieval: {
    id: 'region_retrieval',
    inputs: ['objects', 'image-query', 'grounding-copy', 'phrase'],
    outcome: 'mask',
    sees: 'as retrieval, then as referring, on the picture that won',
    pass: 'ground',
    text: 'phrase',
    restarts: { query: 'text', outputSize: 'head' },
    graphs: ['image', 'base', 'text', 'ground'],
    check: ({ query, outputSize }) => (query.trim() === '' ? 'The sentence is empty.' : checkSize(outputSize)),
    async run(steps, { query, outputSize }) {
      const { sentence } = await steps.phrase(query.trim());
      const similarity = dot(await embedded(steps.at('retrieval')), sentence);
      return { similarity, region: await refer(steps.at('referring'), query, outputSize, steps.options('referring')) };
    },
  },
};

/** One value a task, in the table's order. */
export const perTask = <V>(value: (task: TaskId) => V): Record<TaskId, V> => ({
  semantic: value('semantic'),
  panoptic: value('panoptic'),
  instance: value('instance'),
  referring: value('referring'),
  pick: value('pick'),
  caption: value('caption'),
  region_caption: value('region_caption'),
  vqa: value('vqa'),
  retrieval: value('retrieval'),
  region_retrieval: value('region_retrieval'),
});
