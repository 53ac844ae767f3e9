/** A caption in progress: keys and values of queries and earlier words stay where the graphs run (spec section 12.5). */
import { EngineError } from './errors.ts';
import type { LoadedPack } from './loaded.ts';
import type { Geometry } from './picture/geometry.ts';
import { type HostTensor, LEVEL_STRIDES } from './picture/inputs.ts';
import type { Tensor } from './platform.ts';
import { disposeAll, type Feeds, floats } from './sessions.ts';
import type { ExpectedWords } from '../tasks/consensus.ts';
import type { WordReader } from '../tasks/steps.ts';
import type { Mask } from '../masks/types.ts';

/** Finite, so that a softmax never meets a row of nothing but -Infinity. */
const BLOCKED = -10_000;
const NEXT = '_next';

type Tensors = Readonly<Record<string, Tensor>>;

/**
 * bias_l [1, 1, 1, h_l*w_l]: where words may not look, by the nearest pixel of the region. A level on which nothing is
 * left hides nothing, as in the official code.
 */
export function lookBias(geometry: Geometry, region: Mask | null, tensor: (host: HostTensor) => Tensor): Tensors {
  const out: Record<string, Tensor> = {};
  LEVEL_STRIDES.forEach((stride, level) => {
    const width = geometry.padded.width / stride;
    const height = geometry.padded.height / stride;
    const data = new Float32Array(width * height);
    if (region) {
      for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) {
        const at = geometry.toPicture({ x: x * stride, y: y * stride });
        const px = Math.floor((at.x / geometry.picture.width) * region.width);
        const py = Math.floor((at.y / geometry.picture.height) * region.height);
        const inside = px < region.width && py < region.height && region.data[py * region.width + px] === 1;
        data[y * width + x] = inside ? 0 : BLOCKED;
      }
      if (data.every((v) => v !== 0)) data.fill(0);
    }
    out[`bias_${level}`] = tensor({ data, dims: [1, 1, 1, data.length] });
  });
  return out;
}

export class CachedWords implements WordReader {
  readonly startToken: number;
  readonly endToken: number;
  readonly most: number;
  readonly expected: ExpectedWords | null;
  readonly #pack: LoadedPack;
  readonly #fixed: Feeds;
  readonly #owned: Tensors;
  readonly #run: (feeds: Feeds) => Promise<Record<string, Tensor>>;
  /** Keys and values of the words read, a row for each sentence. */
  #cache: Tensors;
  #position = 0;

  /**
   * @param fixed what every step is fed: features, queries' keys and values, where words may look
   * @param owned those of them that end with the caption
   */
  constructor(pack: LoadedPack, expected: ExpectedWords | null, fixed: Feeds, owned: Tensors, run: (feeds: Feeds) => Promise<Record<string, Tensor>>) {
    this.#pack = pack;
    this.expected = expected;
    this.#fixed = fixed;
    this.#owned = owned;
    this.#run = run;
    const { startToken, endToken, contextLength } = pack.manifest.tokenizer;
    this.startToken = startToken;
    this.endToken = endToken;
    this.most = contextLength - 1;
    this.#cache = this.#empty();
  }

  async next(parents: readonly number[], tokens: readonly number[]): Promise<readonly Float32Array[]> {
    const { sessions } = this.#pack;
    const input = {
      input_id: sessions.tensor({ data: Int32Array.from(tokens), dims: [tokens.length, 1] }),
      position: sessions.tensor({ data: Int32Array.of(this.#position), dims: [1] }),
      parents: sessions.tensor({ data: Int32Array.from(parents), dims: [parents.length] }),
    };
    const { logits, ...grown } = await this.#run({ ...this.#fixed, ...this.#cache, ...input });
    if (!logits) throw new EngineError('graph-failed', 'The caption graph gave no logits.');
    disposeAll({ ...input, ...this.#cache });
    this.#cache = Object.fromEntries(Object.entries(grown).map(([name, tensor]) => [name.replace(NEXT, ''), tensor]));
    this.#position++;
    const values = await floats(logits);
    logits.dispose();
    const width = values.length / tokens.length;
    return tokens.map((_, row) => values.subarray(row * width, (row + 1) * width));
  }

  decode(tokenIds: readonly number[]): string {
    return this.#pack.tokenizer.decode(tokenIds);
  }

  close(): void {
    disposeAll({ ...this.#cache, ...this.#owned });
  }

  /** Caches of no words: [1, heads, 0, width / heads]. */
  #empty(): Tensors {
    const { dim, heads, layers, textDim, textHeads, textLayers } = this.#pack.manifest.model;
    const out: Record<string, Tensor> = {};
    for (const [prefix, count, n, width] of [['text', textLayers, textHeads, textDim], ['word', layers, heads, dim]] as const) {
      for (let i = 0; i < count; i++) for (const kind of ['key', 'value']) {
        out[`${prefix}_${kind}_${i}`] = this.#pack.sessions.tensor({ data: new Float32Array(0), dims: [1, n, 0, width / n] });
      }
    }
    return out;
  }
}
