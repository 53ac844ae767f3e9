/** The self-check of a pack: a tiny picture through every graph, compared with the numbers that the exporter stored. */
import type { ProbeCheck } from '../api.ts';
import { EngineError } from '../errors.ts';
import { geometryInputs, pixelInput } from '../picture/inputs.ts';
import { disposeAll, type Feeds, floats, type Sessions } from '../sessions.ts';
import type { Tensor } from '../platform.ts';
import type { Manifest, Probe } from './schema.ts';

/**
 * Error of every output that the exporter stored: its largest |a - b| / (1 + |b|). A coarse precision is held to the mean
 * error over the mean magnitude instead: single numbers may turn where an attention mask lies at zero.
 *
 * @throws EngineError when a graph fails or numbers are wrong
 */
export async function runProbe(sessions: Sessions, manifest: Manifest, probe: Probe, meanTolerance?: number): Promise<readonly ProbeCheck[]> {
  const allowed = meanTolerance ?? probe.tolerance;
  const errorOf = meanTolerance === undefined ? largestError : meanError;
  const size = { width: probe.width, height: probe.height };
  const rgb = Uint8Array.from(atob(probe.pixels), (c) => c.charCodeAt(0));
  if (rgb.length !== size.width * size.height * 3) throw new EngineError('manifest-invalid', 'The pack\'s probe picture has the wrong number of bytes.');
  const made: Record<string, Tensor> = {};
  const checks: ProbeCheck[] = [];
  const step = async (role: string, feeds: Feeds): Promise<Record<string, Tensor>> => {
    if (!sessions.has(role)) return {};
    const outputs = await sessions.run(role, feeds);
    for (const expected of probe.expect) {
      const [of, name = ''] = expected.output.split('.');
      const tensor = outputs[name];
      if (of !== role || !tensor) continue;
      checks.push({ output: expected.output, error: errorOf(await floats(tensor), expected.indices, expected.values), allowed });
    }
    for (const [name, tensor] of Object.entries(outputs)) made[`${role}.${name}`] = tensor;
    return outputs;
  };
  const inputs: Record<string, Tensor> = { pixels: sessions.tensor(pixelInput(rgb, size, size, manifest.preprocess)) };
  for (const [name, host] of Object.entries(geometryInputs(size, manifest))) inputs[name] = sessions.tensor(host);
  try {
    const features = await step('image', inputs);
    await step('base', features);
    const length = probe.inputIds[0]?.length ?? 0;
    const ids = sessions.tensor({ data: Int32Array.from(probe.inputIds.flat()), dims: [probe.inputIds.length, length] });
    const text = await step('text', { input_ids: ids });
    if (text['tokens'] && sessions.has('ground')) {
      const dim = manifest.model.dim;
      const first = (await floats(text['tokens'])).slice(0, length * dim);
      await step('ground', { ...features, tokens: sessions.tensor({ data: first, dims: [1, length, dim] }) });
    }
  } finally {
    disposeAll(inputs);
    disposeAll(made);
  }
  const worst = furthestOff(checks);
  if (worst && !(worst.error <= allowed)) {
    throw new EngineError('probe-failed', `The pack's self-check failed: ${worst.output} is off by ${worst.error.toPrecision(2)} (${allowed} allowed).`);
  }
  return checks;
}

/** An error that is no number is the worst. */
export const furthestOff = (checks: readonly ProbeCheck[]): ProbeCheck | undefined =>
  checks.reduce<ProbeCheck | undefined>((worst, check) => (worst && check.error <= worst.error ? worst : check), undefined);

function largestError(actual: Float32Array, indices: readonly number[], values: readonly number[]): number {
  let worst = 0;
  indices.forEach((index, i) => {
    const expected = values[i] ?? 0;
    const error = Math.abs((actual[index] ?? NaN) - expected) / (1 + Math.abs(expected));
    if (!(error <= worst)) worst = error;
  });
  return worst;
}

function meanError(actual: Float32Array, indices: readonly number[], values: readonly number[]): number {
  let error = 0;
  let magnitude = 0;
  indices.forEach((index, i) => {
    const expected = values[i] ?? 0;
    error += Math.abs((actual[index] ?? NaN) - expected);
    magnitude += Math.abs(expected);
  });
  return error / Math.max(magnitude, 1e-9);
}
