/** Vocabularies that come with a pack: names, colours and their stored embeddings. */
import type { Preset } from '../api.ts';
import { EngineError } from '../errors.ts';
import type { Rows } from '../../tasks/scores.ts';
import type { PackFiles } from '../weights/pack-files.ts';
import { littleEndianFloats } from './floats.ts';
import { check, parseJson } from './manifest.ts';
import { type Manifest, PresetSchema } from './schema.ts';

export interface StoredPreset {
  readonly preset: Preset;
  /** K + 1 normalised rows, "background" last. */
  readonly embeddings: Rows;
}

/** The default preset first: its embeddings win where presets share a name. */
export async function readPresets(manifest: Manifest, files: PackFiles): Promise<StoredPreset[]> {
  const first = (id: string): number => (id === manifest.defaultPreset ? 0 : 1);
  const out: StoredPreset[] = [];
  for (const entry of manifest.presets.toSorted((a, b) => first(a.id) - first(b.id))) {
    const { names, isThing, colors } = check(PresetSchema, parseJson(await files.text(entry.names), entry.names, 'file-altered'), entry.names);
    const bytes = await files.bytes(entry.embeddings);
    const dim = manifest.model.dim;
    if (isThing.length !== names.length || colors.length !== names.length || bytes.length !== (names.length + 1) * dim * 4) {
      throw new EngineError('manifest-invalid', `The preset ${entry.id} has names, flags, colours and embeddings of different lengths.`);
    }
    const embeddings = { count: names.length + 1, dim, data: littleEndianFloats(bytes) };
    out.push({ preset: { id: entry.id, title: entry.title, names, isThing, colors }, embeddings });
  }
  return out;
}
