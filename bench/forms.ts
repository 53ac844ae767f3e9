/**
 * Times graphs of one operator in onnxruntime-web's WASM, one thread; called by `python -m xdecoder.export.forms`.
 * Prints { file: [best milliseconds, largest difference to the first form] }.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as ort from 'onnxruntime-web';

interface Graphs {
  inputs: Record<string, number[]>;
  forms: string[];
}

const [folder = '.', rounds = '10'] = process.argv.slice(2);
ort.env.wasm.numThreads = 1;

async function floats(path: string): Promise<Float32Array> {
  const bytes = await readFile(path);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

async function values(session: ort.InferenceSession, feeds: Record<string, ort.Tensor>): Promise<Float32Array> {
  const data = (await session.run(feeds))['y']?.data;
  if (!(data instanceof Float32Array)) throw new Error('The graph gave no y of float32.');
  return data;
}

const found: Record<string, [number, number]> = {};
const graphs = JSON.parse(await readFile(join(folder, 'graphs.json'), 'utf8')) as Graphs[];
for (const [i, { inputs, forms }] of graphs.entries()) {
  const feeds: Record<string, ort.Tensor> = {};
  for (const [name, shape] of Object.entries(inputs)) {
    feeds[name] = new ort.Tensor('float32', await floats(join(folder, `${i}.${name}.f32`)), shape);
  }
  const rows = [];
  for (const form of forms) {
    const session = await ort.InferenceSession.create(await readFile(join(folder, `${form}.onnx`)));
    rows.push({ form, session, output: await values(session, feeds), best: Infinity });
  }
  for (let round = 0; round < Number(rounds); round++) {
    for (const row of rows) {
      const start = performance.now();
      await row.session.run(feeds);
      row.best = Math.min(row.best, performance.now() - start);
    }
  }
  for (const { form, session, output, best } of rows) {
    const plain = rows[0]?.output ?? output;
    const error = output.reduce((worst, value, at) => Math.max(worst, Math.abs(value - (plain[at] ?? NaN))), 0);
    found[form] = [best, error];
    await session.release();
  }
}
console.log(JSON.stringify(found));
