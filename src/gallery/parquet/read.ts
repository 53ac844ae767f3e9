/** An index that is open: what it says of itself, its vectors a row group at a time, its rows when they are looked at. */
import { parquetMetadataAsync, parquetReadObjects, type FileMetaData } from 'hyparquet';
import * as v from 'valibot';
import { EngineError } from '../../engine/errors.ts';
import { toHalves } from '../float16.ts';
import { COLUMNS, IndexMetaSchema, META_KEY, REQUIRED, VECTOR_PATH, type IndexMeta } from './schema.ts';
import { type IndexSource, type Partition, partitionsOf } from './source.ts';
import { extentOf, plainHalves } from './vectors.ts';

/** A piece of an index: rows first to first + rows of the whole, counted over all partitions. */
export interface Group {
  readonly part: number;
  /** Which row group of its partition. */
  readonly at: number;
  readonly first: number;
  readonly rows: number;
}

export interface IndexReport {
  readonly meta: IndexMeta;
  readonly rows: number;
  readonly groups: readonly Group[];
  readonly bytes: number;
  /** Columns of the format that are there. */
  readonly columns: readonly string[];
}

/** What the grid shows of the rows of a group. */
export interface RowBlock {
  readonly first: number;
  readonly paths: readonly string[];
  readonly widths: Int32Array<ArrayBuffer>;
  readonly heights: Int32Array<ArrayBuffer>;
}

export interface RowDetails {
  readonly caption: string | null;
  readonly segments: readonly { readonly label: string; readonly score: number; readonly area: number }[];
  readonly answers: readonly { readonly question: string; readonly answer: string; readonly score: number }[];
}

interface Part extends Partition {
  readonly metadata: FileMetaData;
}

export class OpenIndex {
  readonly report: IndexReport;
  readonly #parts: readonly Part[];

  private constructor(parts: readonly Part[], report: IndexReport) {
    this.#parts = parts;
    this.report = report;
  }

  /** Reads the footers only. @throws EngineError index-invalid, index-unreachable */
  static async open(source: IndexSource): Promise<OpenIndex> {
    const partitions = await partitionsOf(source);
    if (partitions.length === 0) throw new EngineError('index-invalid', 'There is no index here: no .parquet file.');
    const parts = await Promise.all(partitions.map(async (partition) => ({ ...partition, metadata: await footer(partition) })));
    const metas = parts.map(metaOf);
    const meta = metas[0] as IndexMeta;
    metas.forEach((other, i) => {
      if (other.packHash !== meta.packHash || other.dim !== meta.dim) {
        throw new EngineError('index-invalid', `The partitions of this index were made by different packs: "${meta.pack}" and, in ${parts[i]?.path}, "${other.pack}".`);
      }
    });
    const groups: Group[] = [];
    let rows = 0;
    parts.forEach(({ metadata }, part) => {
      metadata.row_groups.forEach(({ num_rows }, at) => {
        if (num_rows > 0n) groups.push({ part, at, first: rows, rows: Number(num_rows) });
        rows += Number(num_rows);
      });
    });
    const columns = COLUMNS.filter((column) => parts.every((part) => has(part, column)));
    return new OpenIndex(parts, { meta, rows, groups, columns, bytes: parts.reduce((sum, { buffer }) => sum + buffer.byteLength, 0) });
  }

  /** Vectors of a group, rows x dim halves. @throws EngineError index-invalid */
  async halves({ part: number, at, first, rows }: Group): Promise<Uint16Array<ArrayBuffer>> {
    const part = this.#parts[number] as Part;
    const { dim } = this.report.meta;
    const column = part.metadata.row_groups[at]?.columns.find((c) => c.meta_data?.path_in_schema.join('.') === VECTOR_PATH)?.meta_data;
    if (!column) throw new EngineError('index-invalid', `${part.path} has no vectors of halves.`);
    const { start, end } = extentOf(column);
    const bytes = await Promise.resolve(part.buffer.slice(start, end)).catch((cause: unknown) => {
      throw unread(part.path, cause);
    });
    return plainHalves(bytes, column, rows, dim) ?? this.#decoded(part, number, first, rows, dim);
  }

  async rows({ part: at, first, rows }: Group): Promise<RowBlock> {
    const list = await this.#read(at, first, rows, ['path', 'width', 'height']);
    return {
      first,
      paths: list.map((row) => String(row['path'] ?? '')),
      widths: Int32Array.from(list, (row) => Number(row['width'])),
      heights: Int32Array.from(list, (row) => Number(row['height'])),
    };
  }

  /** Everything said of one row. */
  async details({ part }: Group, row: number): Promise<RowDetails> {
    const columns = ['caption', 'segments', 'answers'].filter((column) => this.report.columns.some((c) => c === column));
    const [found] = columns.length > 0 ? await this.#read(part, row, 1, columns) : [];
    const parsed = v.safeParse(DetailsSchema, found ?? {});
    if (!parsed.success) throw new EngineError('index-invalid', `What the index says of picture ${row + 1} is not in its format.`);
    return parsed.output;
  }

  async #read(at: number, first: number, rows: number, columns: string[]): Promise<Record<string, unknown>[]> {
    const { buffer, metadata, path } = this.#parts[at] as Part;
    const row = first - (this.report.groups.find((g) => g.part === at)?.first ?? 0);
    try {
      return await parquetReadObjects({ file: buffer, metadata, columns, rowStart: row, rowEnd: row + rows, useOffsetIndex: true });
    } catch (cause) {
      throw unread(path, cause);
    }
  }

  /** The slow way, for vectors that are compressed by a dictionary or have holes. */
  async #decoded({ path }: Part, at: number, first: number, rows: number, dim: number): Promise<Uint16Array<ArrayBuffer>> {
    const out = new Uint16Array(rows * dim);
    const list = await this.#read(at, first, rows, ['embedding']);
    list.forEach(({ embedding }, i) => {
      if (!Array.isArray(embedding) || embedding.length !== dim) throw new EngineError('index-invalid', `Picture ${i + 1} in ${path} has no vector of ${dim} numbers.`);
      out.set(toHalves(embedding as number[]), i * dim);
    });
    return out;
  }
}

const said = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

/** The reader gives the server's own failures in words of HTTP; browsers and `outsideFetch` have their own for no answer at all. */
const OF_THE_CONNECTION = /fetch|status|load failed|networkerror|could not be reached/i;

const unread = (path: string, cause: unknown): EngineError =>
  new EngineError(OF_THE_CONNECTION.test(said(cause)) ? 'index-unreachable' : 'index-invalid', `${path} could not be read: ${said(cause)}`, { cause });

const words = v.fallback(v.string(), '');
const number = v.pipe(v.union([v.number(), v.bigint()]), v.transform(Number));
const listOf = <S extends v.GenericSchema>(schema: S) => v.pipe(v.nullish(v.array(schema), []), v.transform((list) => list ?? []));
const DetailsSchema = v.object({
  caption: v.pipe(v.nullish(v.string(), null), v.transform((caption) => caption ?? null)),
  segments: listOf(v.object({ label: words, score: number, area: number })),
  answers: listOf(v.object({ question: words, answer: words, score: number })),
});

async function footer({ path, buffer }: Partition): Promise<FileMetaData> {
  try {
    return await parquetMetadataAsync(buffer);
  } catch (cause) {
    throw OF_THE_CONNECTION.test(said(cause))
      ? new EngineError('index-unreachable', `${path} could not be read: ${said(cause)}.`, { cause })
      : new EngineError('index-invalid', `${path} is not a Parquet file, or it is cut off.`, { cause });
  }
}

const has = ({ metadata }: Part, column: string): boolean => metadata.row_groups.length === 0 || (metadata.row_groups[0]?.columns.some((c) => c.meta_data?.path_in_schema[0] === column) ?? false);

function metaOf(part: Part): IndexMeta {
  const text = part.metadata.key_value_metadata?.find(({ key }) => key === META_KEY)?.value;
  if (text === undefined) throw new EngineError('index-invalid', `${part.path} is a Parquet file, but no index: it has no "${META_KEY}" metadata.`);
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), IndexMetaSchema), text);
  if (!parsed.success) throw new EngineError('index-invalid', `The metadata of ${part.path} is not an index's: ${parsed.issues[0].message}.`);
  const missing = REQUIRED.find((column) => !has(part, column));
  if (missing) throw new EngineError('index-invalid', `${part.path} has no column "${missing}".`);
  return parsed.output;
}
