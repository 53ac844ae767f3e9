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

const found: Record<string, [number, number]> = {};
const graphs = JSON.parse(await readFile(join(folder, 'graphs.json'), 'utf8')) as Graphs[];
for (const [i, { inputs, forms }] of graphs.entries()) {
  const feeds: Record<string, ort.Tensor> = {};
  for (const [name, shape] of Object.entries(inputs)) {
    feeds[name] = new ort.Tensor('float32', await floats(join(folder, `${i}.${name}.f32`)), shape);
  }
  const sessions = [];
  const outputs: Float32Array[] = [];
  for (const form of forms) {
    const session = await ort.InferenceSession.create(await readFile(join(folder, `${form}.onnx`)));
    sessions.push(session);
    outputs.push((await session.run(feeds))['y']!.data as Float32Array);
  }
  const best = forms.map(() => Infinity);
  for (let round = 0; round < Number(rounds); round++) {
    for (const [j, session] of sessions.entries()) {
      const start = performance.now();
      await session.run(feeds);
      best[j] = Math.min(best[j]!, performance.now() - start);
    }
  }
  const plain = outputs[0]!;
  for (const [j, form] of forms.entries()) {
    const error = outputs[j]!.reduce((worst, value, at) => Math.max(worst, Math.abs(value - plain[at]!)), 0);
    found[form] = [best[j]!, error];
    await sessions[j]!.release();
  }
}
console.log(JSON.stringify(found));
