/** Sentences that come with a pack, to measure pictures against. */
import { EngineError } from '../errors.ts';
import type { QueryBank } from '../../tasks/retrieval.ts';
import type { PackFiles } from '../weights/pack-files.ts';
import { littleEndianFloats } from './floats.ts';
import type { Manifest } from './schema.ts';

export async function readQueryBank({ queryBank: entry, model }: Manifest, files: PackFiles): Promise<QueryBank | null> {
  if (!entry) return null;
  const { dim } = model;
  const [data, direction] = (await Promise.all([files.bytes(entry.embeddings), files.bytes(entry.direction)])).map(littleEndianFloats) as [Float32Array, Float32Array];
  const count = data.length / dim;
  if (count < 1 || !Number.isInteger(count) || direction.length !== dim) {
    throw new EngineError('manifest-invalid', `The query bank and its direction have ${data.length} and ${direction.length} numbers, which are no rows of ${dim} and one.`);
  }
  return { sentences: { count, dim, data }, direction, sharpness: entry.sharpness, usual: entry.usual };
}
