/** The tiny pack on WebGPU (a software adapter where there is no graphics card) and on WASM: the same numbers. */
import { readFile } from 'node:fs/promises';
import { expect, test } from '@playwright/test';
import { SAMPLES } from './support/app.ts';

// A software adapter compiles for minutes beside another test.
test.describe.configure({ timeout: 300_000 });

test.use({ baseURL: 'http://localhost:4174/' });

test('a WebGPU session computes what WASM computes', async ({ page }) => {
  await page.goto('/');
  const photo = (await readFile(`${SAMPLES}coffee.jpg`)).toString('base64');
  const answer = await page.evaluate(async (base64) => {
    const signal = new AbortController().signal;
    const picture = new Blob([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))]);
    const names = ['table', 'cup', 'spoon', 'wall', 'plate', 'floor'];
    const on = async (provider: 'webgpu' | 'wasm') => {
      const engine = window.makeEngine({ providers: [provider] });
      const report = await engine.load({ kind: 'url', manifest: 'packs/tiny/manifest.json' }, { signal });
      const { id } = await engine.open(picture, { signal });
      // Generated weights are sure of nothing: every query counts here, so that there is something to compare.
      const everything = { objectMaskThreshold: 0, overlapThreshold: 0 };
      const panoptic = await engine.run('panoptic', id, { vocabulary: { names }, ...everything }, { signal });
      const found = await engine.run('referring', id, { phrase: 'a cup of coffee' }, { signal });
      const caption = await engine.run('caption', id, {}, { signal });
      const vqa = await engine.run('vqa', id, { question: 'what is on the table?' }, { signal });
      const retrieval = await engine.run('retrieval', id, {}, { signal });
      const { graphRuns } = await engine.inspect();
      engine.dispose();
      return { device: report.device, ids: [...panoptic.output.ids], scores: panoptic.output.segments.map((s) => s.score), mask: [...found.output.mask], score: found.output.score, caption: caption.output, answers: vqa.output.answers, embedding: [...retrieval.output.embedding], graphRuns };
    };
    return { gpu: await on('webgpu'), cpu: await on('wasm') };
  }, photo);
  const { gpu, cpu } = answer;
  console.log(`WebGPU adapter: ${gpu.device.adapter}; ${gpu.device.reason}`);
  expect(gpu.device.provider).toBe('webgpu');
  expect(gpu.device.probeError).toBeLessThan(1e-2);
  expect(cpu.device.provider).toBe('wasm');
  expect(gpu.graphRuns).toEqual(cpu.graphRuns);
  const agree = (a: readonly number[], b: readonly number[]): number => a.filter((v, i) => v === b[i]).length / a.length;
  expect(gpu.ids).toHaveLength(600 * 400);
  expect(agree(gpu.ids, cpu.ids)).toBeGreaterThan(0.999);
  expect(agree(gpu.mask, cpu.mask)).toBeGreaterThan(0.999);
  cpu.scores.forEach((score, i) => expect(gpu.scores[i]).toBeCloseTo(score, 3));
  expect(Math.abs(gpu.score - cpu.score)).toBeLessThan(1e-3);
  expect(gpu.caption.tokenIds).toEqual(cpu.caption.tokenIds);
  expect(gpu.caption.tokenIds.length).toBeGreaterThan(2);
  expect(gpu.answers.map((a) => a.answer)).toEqual(cpu.answers.map((a) => a.answer));
  cpu.embedding.forEach((v, i) => expect(Math.abs((gpu.embedding[i] ?? NaN) - v)).toBeLessThan(1e-4));
  expect(new Set(cpu.ids).size).toBeGreaterThan(1);
});
