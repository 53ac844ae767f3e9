/** The shape of manifest.json, presets and probe (docs/pack.md), checked at run time and the source of their types. */
import * as v from 'valibot';

const count = v.pipe(v.number(), v.integer(), v.minValue(1));
const positive = v.pipe(v.number(), v.gtValue(0));
/** Inside the pack: relative, no way out of its folder. */
const path = v.pipe(
  v.string(),
  v.nonEmpty(),
  v.check((p) => !p.startsWith('/') && !p.includes('\\') && !p.includes(':') && !p.split('/').includes('..'), 'a path must stay inside the pack'),
);
const triple = v.tuple([v.number(), v.number(), v.number()]);

const TensorSchema = v.object({
  name: v.string(),
  type: v.string(),
  shape: v.array(v.union([v.number(), v.string()])),
});

const GraphSchema = v.object({
  file: path,
  external: v.optional(v.array(v.object({ path: v.string(), file: path })), []),
  inputs: v.array(TensorSchema),
  outputs: v.array(TensorSchema),
});

const TaskSchema = v.variant('available', [
  v.object({
    available: v.literal(true),
    size: v.string(),
    graphs: v.array(v.string()),
    options: v.optional(v.record(v.string(), v.unknown()), {}),
  }),
  v.object({ available: v.literal(false), reason: v.string() }),
]);

export const ManifestSchema = v.object({
  schema: v.literal(1),
  name: v.pipe(v.string(), v.nonEmpty()),
  title: v.string(),
  license: v.string(),
  model: v.object({
    dim: count,
    maskDim: count,
    heads: count,
    layers: count,
    queries: v.pipe(count, v.minValue(2)),
    logitScale: positive,
    textHeads: count,
    textLayers: count,
    textDim: count,
    vocabulary: count,
  }),
  preprocess: v.object({
    mean: triple,
    std: v.pipe(triple, v.check((s) => s.every((x) => x > 0), 'every std must be positive')),
    padMultiple: v.pipe(count, v.check((n) => n % 32 === 0, 'padMultiple must be a multiple of 32')),
    resample: v.picklist(['bilinear', 'bicubic']),
    maskResize: v.picklist(['bicubic-antialias', 'bilinear']),
  }),
  source: v.optional(v.object({ sha256: v.optional(v.string(), '') })),
  generatedBy: v.optional(v.string(), ''),
  sizes: v.record(v.string(), v.object({ shortSide: count, maxLongSide: v.optional(count), square: v.optional(v.boolean()) })),
  files: v.array(
    v.object({
      path,
      bytes: v.pipe(v.number(), v.integer(), v.minValue(0)),
      sha256: v.array(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'a sha256 has 64 hex digits'))),
    }),
  ),
  variants: v.pipe(
    v.array(
      v.object({
        id: v.string(),
        precision: v.string(),
        providers: v.array(v.picklist(['webgpu', 'wasm'])),
        requires: v.optional(v.array(v.string()), []),
        /** Of a coarse precision: the probe's mean error over its mean magnitude, in place of a bound on each number. */
        meanTolerance: v.exactOptional(positive),
        graphs: v.record(v.string(), GraphSchema),
      }),
    ),
    v.minLength(1, 'a pack needs at least one variant'),
  ),
  tokenizer: v.object({ file: path, contextLength: v.pipe(count, v.minValue(3)), startToken: v.number(), endToken: v.number() }),
  text: v.object({ templates: v.pipe(v.array(v.string()), v.minLength(1)), background: v.string() }),
  presets: v.array(v.object({ id: v.string(), title: v.string(), names: path, embeddings: path })),
  defaultPreset: v.string(),
  tasks: v.record(v.string(), TaskSchema),
  answers: v.optional(path),
  queryBank: v.exactOptional(v.object({ embeddings: path, direction: path, sharpness: positive, usual: v.number() })),
  probe: path,
});

export type Manifest = v.InferOutput<typeof ManifestSchema>;
export type Variant = Manifest['variants'][number];
export type GraphEntry = Variant['graphs'][string];
export type FileEntry = Manifest['files'][number];
export type SizeEntry = Manifest['sizes'][string];

export const PresetSchema = v.object({
  names: v.pipe(v.array(v.string()), v.minLength(1)),
  isThing: v.array(v.boolean()),
  colors: v.array(triple),
});

export const ProbeSchema = v.object({
  width: count,
  height: count,
  pixels: v.string(),
  inputIds: v.array(v.array(v.number())),
  expect: v.array(v.object({ output: v.string(), indices: v.array(v.number()), values: v.array(v.number()) })),
  tolerance: positive,
});
/** Answers by index; '' where an index has none. */
export const AnswersSchema = v.array(v.string());
export type Probe = v.InferOutput<typeof ProbeSchema>;
