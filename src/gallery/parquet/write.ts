/** The gallery as an index of its own: the format that the batch command writes. */
import { parquetWriteBuffer } from 'hyparquet-writer';
import { fromHalves } from '../float16.ts';
import { COLUMNS, type IndexMeta, type IndexRow, META_KEY, PARQUET_SCHEMA } from './schema.ts';

const GROUP_ROWS = 16384;

/** @throws RangeError when a vector is not as long as the metadata says */
export function writeIndex(meta: IndexMeta, rows: readonly IndexRow[]): ArrayBuffer {
  const odd = rows.find((row) => row.embedding.length !== meta.dim);
  if (odd) throw new RangeError(`The vector of ${odd.path} has ${odd.embedding.length} numbers instead of ${meta.dim}.`);
  const values: Readonly<Record<(typeof COLUMNS)[number], unknown[]>> = {
    path: rows.map((row) => row.path),
    sha256: rows.map((row) => row.sha256),
    width: rows.map((row) => row.width),
    height: rows.map((row) => row.height),
    bytes: rows.map((row) => BigInt(row.bytes)),
    embedding: rows.map((row) => [...fromHalves(row.embedding)]),
    caption: rows.map((row) => row.caption),
    segments: rows.map(() => null),
    answers: rows.map(() => null),
  };
  return parquetWriteBuffer({
    columnData: COLUMNS.map((name) => ({ name, data: values[name], ...(name === 'embedding' ? { encoding: 'PLAIN' as const, statistics: false, offsetIndex: false } : {}) })),
    schema: [...PARQUET_SCHEMA],
    rowGroupSize: GROUP_ROWS,
    kvMetadata: [{ key: META_KEY, value: JSON.stringify(meta) }],
    createdBy: 'xdecoder gallery',
  });
}
