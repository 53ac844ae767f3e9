/** Which provider and variant to try, best first, and why the others are not even tried. */
import type { Provider } from '../api.ts';
import type { Manifest, Variant } from '../pack/schema.ts';
import { fileEntries } from '../pack/manifest.ts';
import { findAdapter, type GpuAdapter } from './gpu.ts';

export interface Candidate {
  readonly provider: Provider;
  readonly variant: Variant;
  /** WebGPU only. */
  readonly gpu?: GpuAdapter;
  readonly subgroups: boolean;
}

export interface Choice {
  readonly candidates: readonly Candidate[];
  /** One clause each: why something better is left out. */
  readonly passedOver: readonly string[];
}

/** A software adapter computes right but slowly; up to this many bytes of weights it does not matter. */
const SMALL_PACK = 4_000_000;

const DEFAULT_ORDER: readonly Provider[] = ['webgpu', 'wasm'];

/** What the caller insists on. */
export interface Wanted {
  /** Then a software adapter is taken too. */
  readonly providers?: readonly Provider[] | undefined;
  readonly variant?: string | undefined;
}

export async function candidatesFor(manifest: Manifest, gpu: GPU | undefined, { providers: forced, variant: only }: Wanted): Promise<Choice> {
  const candidates: Candidate[] = [];
  const passedOver: string[] = [];
  for (const provider of forced ?? DEFAULT_ORDER) {
    const variants = manifest.variants.filter((v) => v.providers.includes(provider) && (only === undefined || v.id === only));
    if (provider === 'wasm') {
      candidates.push(...variants.map((variant): Candidate => ({ provider, variant, subgroups: false })));
      continue;
    }
    const found = await findAdapter(gpu);
    if (!found) {
      passedOver.push(gpu ? 'WebGPU found no graphics adapter' : 'this browser has no WebGPU');
      continue;
    }
    for (const variant of variants) {
      const lacking = variant.requires.find((feature) => !found.features.has(feature));
      if (lacking) passedOver.push(`the ${variant.precision} variant needs ${lacking}, which ${found.label} lacks`);
      else if (found.software && !forced && weight(manifest, variant) > SMALL_PACK) {
        passedOver.push(`the WebGPU adapter (${found.label}) computes in software, slower than WASM`);
      } else {
        if (found.features.has('subgroups')) candidates.push({ provider, variant, gpu: found, subgroups: true });
        candidates.push({ provider, variant, gpu: found, subgroups: false });
      }
    }
  }
  return { candidates, passedOver };
}

/** What this machine would load first, without opening anything. */
export async function firstCandidate(manifest: Manifest, gpu: GPU | undefined, wanted: Wanted): Promise<Candidate | undefined> {
  return (await candidatesFor(manifest, gpu, wanted)).candidates[0];
}

const weight = (manifest: Manifest, variant: Variant): number => fileEntries(manifest, variant).reduce((sum, f) => sum + f.bytes, 0);
