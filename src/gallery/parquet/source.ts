/** The files of an index, wherever they are, as the Parquet reader wants them. */
import { asyncBufferFromUrl, type AsyncBuffer } from 'hyparquet';
import * as v from 'valibot';
import { EngineError } from '../../engine/errors.ts';
import { isPartition } from './partition.ts';
import { ListingSchema } from './schema.ts';
import { outsideFetch } from '../../outside/fetch.ts';

export type IndexSource =
  | { readonly kind: 'files'; readonly name: string; readonly files: readonly { readonly path: string; readonly file: Blob }[] }
  /** Of a `.parquet` file, or of a folder with an index.json. */
  | { readonly kind: 'url'; readonly url: string };

export interface Partition {
  readonly path: string;
  readonly buffer: AsyncBuffer;
}

export async function partitionsOf(source: IndexSource): Promise<Partition[]> {
  if (source.kind === 'url') return overHttp(source.url);
  return source.files
    .filter(({ path }) => isPartition(path))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ path, file }) => ({ path, buffer: { byteLength: file.size, slice: (start, end) => file.slice(start, end).arrayBuffer() } }));
}

async function overHttp(url: string): Promise<Partition[]> {
  const urls = new URL(url).pathname.endsWith('.parquet') ? [url] : await listed(url);
  return Promise.all(urls.map(async (address) => {
    try {
      // Nothing is kept of what is fetched: vectors are taken over, and rows have a store of their own.
      return { path: address, buffer: await asyncBufferFromUrl({ url: address, fetch: outsideFetch }) };
    } catch (cause) {
      throw new EngineError('index-unreachable', `${address} could not be read.`, { cause });
    }
  }));
}

async function listed(url: string): Promise<string[]> {
  const folder = url.endsWith('/') || url.endsWith('.json') ? url : `${url}/`;
  const listing = new URL(url.endsWith('.json') ? '' : 'index.json', folder).href;
  const answer = await outsideFetch(url.endsWith('.json') ? url : listing).catch((cause: unknown) => {
    throw new EngineError('index-unreachable', `${listing} could not be fetched: the connection failed, or its server does not allow this page to read it.`, { cause });
  });
  if (!answer.ok) throw new EngineError('index-unreachable', `There is no index at ${url}: ${listing} is not there (HTTP ${answer.status}).`);
  const parsed = v.safeParse(ListingSchema, await answer.json().catch(() => null));
  if (!parsed.success) throw new EngineError('index-invalid', `${listing} is not the listing of an index.`);
  return parsed.output.files.map(({ path }) => new URL(path, answer.url || listing).href);
}
