/** Adapters and devices. The engine makes its own GPUDevice: only so can features be left out and a loss be survived. */
import { EngineError } from '../errors.ts';

export interface GpuAdapter {
  readonly features: ReadonlySet<string>;
  /** Vendor and architecture, for people. */
  readonly label: string;
  /** Computes on the CPU: right, but slower than WASM. */
  readonly software: boolean;
}

const request = (gpu: GPU): Promise<GPUAdapter | null> => gpu.requestAdapter({ powerPreference: 'high-performance' }).catch(() => null);

export async function findAdapter(gpu: GPU | undefined): Promise<GpuAdapter | null> {
  const adapter = gpu ? await request(gpu) : null;
  if (!adapter) return null;
  const { vendor, architecture, description, isFallbackAdapter } = adapter.info;
  const label = [vendor, architecture].filter(Boolean).join(' ') || description || 'unnamed adapter';
  return { features: adapter.features, label, software: isFallbackAdapter || /swiftshader|llvmpipe|lavapipe|softpipe|basic render/i.test(`${label} ${description}`) };
}

/** Raised to what the adapter has: the runtime's kernels are tuned to these, and weights need large buffers. */
const LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupSizeZ',
  'maxStorageBuffersPerShaderStage',
] as const;

/**
 * A device uses up the adapter that it came from, so each gets one of its own.
 *
 * @param subgroups the runtime's fused attention was measured to be wrong on adapters with small subgroups: a caller
 * whose probe fails asks again without
 */
export async function openDevice(gpu: GPU, found: GpuAdapter, requires: readonly string[], subgroups: boolean): Promise<GPUDevice> {
  const features = [...requires, 'shader-f16', ...(subgroups ? ['subgroups'] : [])].filter((f) => found.features.has(f));
  try {
    const adapter = await request(gpu);
    if (!adapter) throw new RangeError('The adapter is gone.');
    return await adapter.requestDevice({
      requiredFeatures: features.filter(isFeature),
      requiredLimits: Object.fromEntries(LIMITS.map((limit) => [limit, adapter.limits[limit]])),
    });
  } catch (cause) {
    throw new EngineError('no-device', `The graphics device (${found.label}) could not be opened.`, { cause });
  }
}

const isFeature = (name: string): name is GPUFeatureName => name === 'shader-f16' || name === 'subgroups' || name === 'timestamp-query';
