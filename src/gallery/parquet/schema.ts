/** What an index says of itself, and its columns (docs/index-format.md). */
import type { SchemaElement } from 'hyparquet';
import * as v from 'valibot';

/** Key of the file's metadata under which the rest stands. */
export const META_KEY = 'xdecoder';

export const IndexMetaSchema = v.object({
  schema: v.literal(1),
  pack: v.pipe(v.string(), v.nonEmpty()),
  packHash: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'packHash must have 64 hex digits')),
  variant: v.string(),
  dim: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(8192)),
  tasks: v.array(v.string()),
  vocabulary: v.optional(v.array(v.string())),
});
export type IndexMeta = v.InferOutput<typeof IndexMetaSchema>;

/** The listing that stands beside partitions on a server. */
export const ListingSchema = v.object({
  schema: v.literal(1),
  files: v.pipe(v.array(v.object({ path: v.pipe(v.string(), v.nonEmpty()) })), v.minLength(1)),
});

export const REQUIRED = ['path', 'width', 'height', 'embedding'] as const;
export const VECTOR_PATH = 'embedding.list.element';

/** One picture of an index that is written. */
export interface IndexRow {
  readonly path: string;
  readonly sha256: string;
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
  /** dim halves */
  readonly embedding: Uint16Array;
  readonly caption: string | null;
}

const list = (name: string, element: SchemaElement[]): SchemaElement[] => [
  { name, repetition_type: 'OPTIONAL', num_children: 1, converted_type: 'LIST', logical_type: { type: 'LIST' } },
  { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
  ...element,
];
const leaf = (name: string, type: 'INT32' | 'INT64' | 'FLOAT' | 'BOOLEAN'): SchemaElement => ({ name, type, repetition_type: 'OPTIONAL' });
const text = (name: string): SchemaElement => ({ name, type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' }, repetition_type: 'OPTIONAL' });
const struct = (name: string, fields: SchemaElement[], children: number): SchemaElement[] => [{ name, repetition_type: 'OPTIONAL', num_children: children }, ...fields];

export const COLUMNS = ['path', 'sha256', 'width', 'height', 'bytes', 'embedding', 'caption', 'segments', 'answers'] as const;

/** The Parquet schema, as pyarrow lays the same table out. */
export const PARQUET_SCHEMA: readonly SchemaElement[] = [
  { name: 'schema', num_children: COLUMNS.length, repetition_type: 'REQUIRED' },
  text('path'),
  text('sha256'),
  leaf('width', 'INT32'),
  leaf('height', 'INT32'),
  leaf('bytes', 'INT64'),
  ...list('embedding', [{ name: 'element', type: 'FIXED_LEN_BYTE_ARRAY', type_length: 2, logical_type: { type: 'FLOAT16' }, repetition_type: 'OPTIONAL' }]),
  text('caption'),
  ...list('segments', struct('element', [
    text('label'), leaf('score', 'FLOAT'), leaf('isthing', 'BOOLEAN'), leaf('area', 'INT64'),
    ...list('bbox', [leaf('element', 'INT32')]), ...list('rle_size', [leaf('element', 'INT32')]), text('rle_counts'),
  ], 7)),
  ...list('answers', struct('element', [text('question'), text('answer'), leaf('score', 'FLOAT')], 3)),
];
