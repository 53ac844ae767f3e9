/** Reading a manifest: text to a checked Manifest, or one sentence about what is wrong with it. */
import * as v from 'valibot';
import { EngineError } from '../errors.ts';
import { type FileEntry, type Manifest, ManifestSchema, type Variant } from './schema.ts';

/** SHA-256 of every file is kept a chunk of this many bytes. */
export const CHUNK = 4 * 1024 * 1024;

const looksLikeHtml = (text: string): boolean => /^\s*<(!doctype|html)/i.test(text);

/** @throws EngineError manifest-not-json, file-is-html, manifest-invalid */
export function parseJson(text: string, file: string, code: 'manifest-not-json' | 'file-altered'): unknown {
  if (looksLikeHtml(text)) {
    throw new EngineError(code === 'file-altered' ? 'file-is-html' : code, `${file} is a web page, not a model pack's file.`, {
      stage: code === 'file-altered' ? 'download' : 'manifest',
      advice: 'The address probably does not exist on the server, which answers with a page: check it.',
    });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new EngineError(code, `${file} is not JSON.`, { cause });
  }
}

/** Checks a value against a schema; the error names the first place that differs. */
export function check<S extends v.GenericSchema>(schema: S, value: unknown, file: string): v.InferOutput<S> {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const issue = result.issues[0];
  const where = v.getDotPath(issue) ?? 'the whole file';
  throw new EngineError('manifest-invalid', `${file} is not as a model pack's should be: at ${where}, ${issue.message}.`);
}

export function parseManifest(text: string, file: string): Manifest {
  const manifest = check(ManifestSchema, parseJson(text, file, 'manifest-not-json'), file);
  const broken = inconsistency(manifest);
  if (broken) throw new EngineError('manifest-invalid', `${file} contradicts itself: ${broken}.`);
  return manifest;
}

/** What a schema can't say: names that must exist elsewhere in the manifest. */
function inconsistency(m: Manifest): string | null {
  const paths = new Set(m.files.map((f) => f.path));
  for (const file of m.files) {
    const chunks = Math.ceil(file.bytes / CHUNK);
    if (file.sha256.length !== chunks) return `${file.path} has ${file.sha256.length} hashes for ${chunks} chunks`;
  }
  for (const variant of m.variants) {
    for (const path of variantFiles(m, variant)) if (!paths.has(path)) return `${path} is used but not in the list of files`;
  }
  for (const [task, entry] of Object.entries(m.tasks)) {
    if (!entry.available) continue;
    if (!m.sizes[entry.size]) return `task ${task} uses the size "${entry.size}", which is not defined`;
    const missing = entry.graphs.find((role) => m.variants.some((variant) => !variant.graphs[role]));
    if (missing) return `task ${task} uses the graph "${missing}", which a variant lacks`;
  }
  if (m.presets.length > 0 && !m.presets.some((p) => p.id === m.defaultPreset)) return `the default preset "${m.defaultPreset}" is not there`;
  return null;
}

/** Every file that a variant needs, without repeats: graphs, weights, tokenizer, presets, probe, answers, query bank. */
export function variantFiles(m: Manifest, variant: Variant): string[] {
  const graphs = Object.values(variant.graphs).flatMap((g) => [g.file, ...g.external.map((e) => e.file)]);
  const presets = m.presets.flatMap((p) => [p.names, p.embeddings]);
  return [...new Set([m.tokenizer.file, m.probe, ...presets, ...(m.answers ? [m.answers] : []), ...(m.queryBank ? [m.queryBank.embeddings, m.queryBank.direction] : []), ...graphs])];
}

export function fileEntries(m: Manifest, variant: Variant): FileEntry[] {
  const wanted = new Set(variantFiles(m, variant));
  return m.files.filter((f) => wanted.has(f.path));
}

export const totalBytes = (files: readonly FileEntry[]): number => files.reduce((sum, f) => sum + f.bytes, 0);
