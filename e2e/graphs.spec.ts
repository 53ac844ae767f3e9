/** Every graph of the tiny packs (same code and roles as any other) on WebGPU and on WASM. */
import { expect, test } from '@playwright/test';

// A software adapter compiles for minutes beside another test.
test.describe.configure({ timeout: 300_000 });

test.use({ baseURL: 'http://localhost:4174/' });

const GRAPHS = {
  tiny: ['base', 'caption_prefill', 'caption_step', 'ground', 'image', 'text', 'vqa'],
  'tiny-seem': ['base', 'image', 'prompt', 'prompted', 'text'],
};
/** Arithmetic on shapes, which the runtime keeps on the CPU by design: a few integers, nothing of the picture. */
const SHAPES = new Set(['Add', 'Cast', 'Concat', 'Div', 'Gather', 'Mul', 'Reshape', 'Shape', 'Slice', 'Squeeze', 'Sub', 'Unsqueeze']);

/** Operators that the runtime's verbose log puts on each provider. */
function placements(lines: readonly string[]): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  let provider = '';
  for (const line of lines) {
    const said = /VerifyEachNodeIsAssignedToAnEp\]\s+(.*)/.exec(line)?.[1];
    if (said === undefined) continue;
    const next = /(All nodes|Node\(s\)) placed on \[(\w+)\]. Number of nodes: (\d+)/.exec(said);
    // Where one provider took all, the log gives their number alone.
    if (next?.[2] !== undefined) found[(provider = next[2])] = next[1] === 'All nodes' ? Array.from({ length: Number(next[3]) }, () => '') : [];
    else found[provider]?.push(said.split(' ')[0] ?? '');
  }
  return found;
}

for (const [pack, graphs] of Object.entries(GRAPHS)) {
  test(`every graph of the pack ${pack} computes on WebGPU what it computes on WASM, all of it on the GPU`, async ({ page }) => {
    const lines: string[] = [];
    page.on('console', (message) => lines.push(message.text()));
    await page.goto('/');
    const found = await page.evaluate((folder) => window.compareGraphs(folder), `packs/${pack}`);
    expect(found.map((g) => g.graph).toSorted()).toEqual(graphs);
    for (const { graph, error, outputs } of found) {
      const placed = placements(lines.slice(lines.indexOf(`graph ${graph} on webgpu`), lines.indexOf(`graph ${graph} on wasm`)));
      const [onGpu = [], onCpu = []] = [placed['WebGpuExecutionProvider'], placed['CPUExecutionProvider']];
      console.log(`${pack} ${graph}: ${outputs} outputs, largest error ${error.toExponential(1)}; ${onGpu.length} nodes on the GPU, ${onCpu.length} of shape arithmetic beside`);
      expect(error, graph).toBeLessThan(1e-4);
      expect(onGpu.length, graph).toBeGreaterThan(10);
      expect(onCpu.filter((operator) => !SHAPES.has(operator)), graph).toEqual([]);
      // A tensor of the picture that left the GPU for such a node would show as a copy.
      expect(onGpu.filter((operator) => operator.startsWith('Memcpy')), graph).toEqual([]);
    }
  });
}
