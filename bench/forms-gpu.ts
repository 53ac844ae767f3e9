/**
 * Graphs of one operator on WebGPU in Chromium; called by `python -m xdecoder.export.forms --webgpu`. No times: without a
 * graphics card this is a software adapter, which says whether numbers are right and nothing about how fast they come.
 * Prints { file: largest difference to y as native onnxruntime computes the plain form, or why there is none }.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type * as Ort from 'onnxruntime-web';
import { openPage } from './lib/browser.ts';
import { serve } from './lib/site.ts';

interface Graphs {
  inputs: Record<string, number[]>;
  forms: string[];
}

const [folder = '.'] = process.argv.slice(2);
await writeFile(join(folder, 'index.html'), '<!doctype html>');
const graphs = JSON.parse(await readFile(join(folder, 'graphs.json'), 'utf8')) as Graphs[];
const site = await serve({ '/ort/': join(import.meta.dirname, '../node_modules/onnxruntime-web/dist'), '/': folder });
const { browser, page } = await openPage(site.url);

/** Runs in the page, so it is one function without others inside. */
async function differences([list, runtime]: readonly [Graphs[], string]): Promise<Record<string, number | string>> {
  const ort = (await import(runtime)) as typeof Ort;
  ort.env.wasm.wasmPaths = '/ort/';
  ort.env.logLevel = 'error';
  const found: Record<string, number | string> = {};
  for (const [i, { inputs, forms }] of list.entries()) {
    const feeds: Record<string, Ort.Tensor> = {};
    for (const [name, shape] of Object.entries(inputs)) feeds[name] = new ort.Tensor('float32', new Float32Array(await (await fetch(`${i}.${name}.f32`)).arrayBuffer()), shape);
    const wanted = new Float32Array(await (await fetch(`${i}.y.f32`)).arrayBuffer());
    for (const form of forms) {
      try {
        const session = await ort.InferenceSession.create(`${form}.onnx`, { executionProviders: ['webgpu'] });
        const data = (await session.run(feeds))['y']?.data;
        found[form] = data instanceof Float32Array ? wanted.reduce((worst, value, at) => Math.max(worst, Math.abs(value - (data[at] ?? NaN))), 0) : 'no y';
        await session.release();
      } catch (error) {
        found[form] = String(error).slice(0, 200);
      }
    }
  }
  return found;
}

try {
  console.log(JSON.stringify(await page.evaluate(differences, [graphs, '/ort/ort.webgpu.bundle.min.mjs'] as const)));
} finally {
  await browser.close();
  site.close();
}
