/** A picture of the command line, open in the engine, and the requests about it. */
import { readFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import sharp from 'sharp';
import type { OpenedPicture, Size, TaskId, TaskInputs, TaskOutputs, Vocabulary } from '../engine/api.ts';
import { EngineError } from '../engine/errors.ts';
import type { Mask } from '../masks/types.ts';
import type { Ask } from './commands.ts';
import type { Run } from './run.ts';
import type { RequestLine } from './requests.ts';

/** An `Ask` that knows what answering it took. */
interface Measured extends Ask {
  /** Milliseconds a stage, the picture's opening counted to its first request, and the graphs that ran. */
  spent(): { readonly timings: Readonly<Record<string, number>>; readonly graphs: readonly string[] };
}

const isMissing = (cause: unknown): boolean => cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';

export class OpenPicture {
  readonly #run: Run;
  readonly #image: string;
  readonly #opened: OpenedPicture;
  #opening: Readonly<Record<string, number>>;

  private constructor(run: Run, image: string, opened: OpenedPicture) {
    this.#run = run;
    this.#image = image;
    this.#opened = opened;
    this.#opening = opened.timings;
  }

  /** @throws EngineError of stage decode */
  static async open(run: Run, image: string, file = image): Promise<OpenPicture> {
    const bytes = await readFile(file).catch((cause: unknown) => {
      throw new EngineError('picture-damaged', isMissing(cause) ? `${file}: there is no such file.` : `${file} could not be read.`, { cause, advice: 'Check its path.' });
    });
    return new OpenPicture(run, image, await run.engine.open(new Blob([bytes]), { signal: run.signal }));
  }

  get size(): Size {
    return this.#opened.size;
  }

  ask(index: number, request: RequestLine, vocabulary: Vocabulary): Measured {
    const { engine, signal } = this.#run;
    const timings: Record<string, number> = { ...this.#opening };
    const graphs: string[] = [];
    this.#opening = {};
    return {
      request,
      vocabulary,
      run: async <T extends TaskId>(task: T, input: TaskInputs[T]): Promise<TaskOutputs[T]> => {
        const run = await engine.run(task, this.#opened.id, input, { signal });
        for (const [stage, ms] of Object.entries(run.timings)) timings[stage] = (timings[stage] ?? 0) + ms;
        graphs.push(...run.graphs);
        return run.output;
      },
      embedText: (text) => engine.embedText(text, { signal }),
      readMask,
      writePng: (size, data) => writePng(this.#run.args.out, `${String(index).padStart(6, '0')}-${basename(this.#image, extname(this.#image))}`, size, data),
      spent: () => ({ timings, graphs }),
    };
  }

  close(): Promise<void> {
    return this.#run.engine.close(this.#opened.id);
  }
}

/** @returns the path relative to `out` */
async function writePng(out: string, name: string, size: Size, data: Uint8Array | Uint16Array): Promise<string> {
  const path = `png/${name}.png`;
  const grey = sharp(data, { raw: { ...size, channels: 1 }, limitInputPixels: false });
  await grey.toColourspace(data instanceof Uint16Array ? 'grey16' : 'b-w').png({ compressionLevel: 3 }).toFile(join(out, path));
  return path;
}

/** A grey picture; brighter than the middle is inside, what is transparent outside. */
async function readMask(path: string): Promise<Mask> {
  try {
    const { data, info } = await sharp(path).autoOrient().flatten({ background: '#000' }).toColourspace('b-w').extractChannel(0).raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, data: Uint8Array.from(data, (v) => (v > 127 ? 1 : 0)) };
  } catch (cause) {
    throw new EngineError('bad-input', `The mask ${path} could not be read as a picture.`, { cause });
  }
}
