/** Host-computed inputs of the `image` graph, from the padded size alone (docs/pack.md; spec sections 4, 6, 15). */
import { dense, resizeTaps, type ResizeKind } from '../../masks/resample.ts';
import type { Size } from '../../masks/types.ts';
import type { Manifest } from '../pack/schema.ts';
import { MASK_STRIDE } from '../../tasks/head.ts';
import { Recent } from './recent.ts';

export interface HostTensor {
  readonly data: Float32Array | Int32Array;
  readonly dims: readonly number[];
}

/** Strides of levels 0, 1, 2. */
export const LEVEL_STRIDES = [32, 16, 8] as const;

/** length x features: sine embedding of one axis, positions scaled to (0, 2 pi], even feature sin, odd cos. */
export function sineAxis(length: number, features: number): Float32Array {
  const out = new Float32Array(length * features);
  for (let i = 0; i < length; i++) {
    const position = ((i + 1) / (length + 1e-6)) * 2 * Math.PI;
    for (let k = 0; k < features; k++) {
      const angle = position / 10000 ** ((2 * Math.floor(k / 2)) / features);
      out[i * features + k] = k % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
    }
  }
  return out;
}

const INPUTS = new Recent<Readonly<Record<string, HostTensor>>>(4);

/** resize_y_l [h_l, H/4], resize_x_l [w_l, W/4], position_y_l [h_l, d/2], position_x_l [w_l, d/2] for l = 0, 1, 2. */
export function geometryInputs(padded: Size, { model, preprocess }: Manifest): Readonly<Record<string, HostTensor>> {
  return INPUTS.of(`${padded.width} ${padded.height} ${model.dim} ${preprocess.maskResize}`, () => madeInputs(padded, model.dim / 2, preprocess.maskResize));
}

function madeInputs(padded: Size, features: number, kind: ResizeKind): Record<string, HostTensor> {
  const inputs: Record<string, HostTensor> = {};
  const axes = [['y', padded.height], ['x', padded.width]] as const;
  LEVEL_STRIDES.forEach((stride, level) => {
    for (const [axis, length] of axes) {
      const [fine, coarse] = [length / MASK_STRIDE, length / stride];
      inputs[`resize_${axis}_${level}`] = { data: dense(resizeTaps(fine, coarse, kind)), dims: [coarse, fine] };
      inputs[`position_${axis}_${level}`] = { data: sineAxis(coarse, features), dims: [coarse, features] };
    }
  });
  return inputs;
}

/** RGB bytes -> `pixels` [1, 3, H, W]: normalised, then padded with zeros at the right and bottom (spec section 2). */
export function pixelInput(rgb: Uint8Array, content: Size, padded: Size, preprocess: Manifest['preprocess']): HostTensor & { readonly data: Float32Array } {
  const plane = padded.width * padded.height;
  const data = new Float32Array(3 * plane);
  for (let c = 0; c < 3; c++) {
    const mean = preprocess.mean[c] ?? 0;
    const scale = 1 / (preprocess.std[c] ?? 1);
    for (let y = 0; y < content.height; y++) {
      const from = y * content.width * 3 + c;
      const to = c * plane + y * padded.width;
      for (let x = 0; x < content.width; x++) data[to + x] = ((rgb[from + x * 3] as number) - mean) * scale;
    }
  }
  return { data, dims: [1, 3, padded.height, padded.width] };
}
