/** Sentences that come with a pack, to measure pictures against. */
import { EngineError } from '../errors.ts';
import { type QueryBank, queryBank } from '../../tasks/retrieval.ts';
import type { PackFiles } from '../weights/pack-files.ts';
import { littleEndianFloats } from './floats.ts';
import type { Manifest } from './schema.ts';

export async function readQueryBank({ queryBank: entry, model }: Manifest, files: PackFiles): Promise<QueryBank | null> {
  if (!entry) return null;
  const data = littleEndianFloats(await files.bytes(entry.embeddings));
  const count = data.length / model.dim;
  if (count < 1 || !Number.isInteger(count)) throw new EngineError('manifest-invalid', `The query bank has ${data.length} numbers, which are no rows of ${model.dim}.`);
  return queryBank({ count, dim: model.dim, data }, entry.sharpness, entry.usual);
}
