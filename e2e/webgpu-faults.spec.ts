/**
 * Graphics devices that fail: lost between requests, lost under one, computing wrongly. The faults are put into the
 * worker's own script, below the runtime: devices are destroyed, shaders are changed. The tiny pack, on the software adapter.
 */
import { expect, test, type Page } from '@playwright/test';
import { drop, SAMPLES, seen, startTiny } from './support/app.ts';
import { BARE, engineOn, loadAndOpen, lost, openPhoto, panoptic } from './support/engine.ts';

// A software adapter compiles for minutes beside another test.
test.describe.configure({ timeout: 300_000 });

/** Runs in the engine's worker before anything else there. */
async function inWorker(page: Page, script: string): Promise<void> {
  await page.context().route(/\/assets\/worker-[^/]*\.js$/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${script};\n${await response.text()}` });
  });
}

/** `window` says on a channel after how many more submissions the newest device is destroyed; 0 is at once. */
const LOSS = `{
  let device, left = Infinity;
  const open = GPUAdapter.prototype.requestDevice;
  GPUAdapter.prototype.requestDevice = async function (...args) { return (device = await open.apply(this, args)); };
  const submit = GPUQueue.prototype.submit;
  GPUQueue.prototype.submit = function (...args) {
    const result = submit.apply(this, args);
    if (--left === 0) device.destroy();
    return result;
  };
  new BroadcastChannel('loss').onmessage = ({ data }) => data === 0 ? device?.destroy() : (left = data);
}`;

const lose = (page: Page, submissions: number): Promise<void> =>
  page.evaluate(async (n) => {
    const channel = new BroadcastChannel('loss');
    channel.postMessage(n);
    await new Promise((resolve) => setTimeout(resolve, 100));
    channel.close();
  }, submissions);

test.describe('on a bare page', () => {
  test.use({ baseURL: BARE });

  test('a lost device is opened again and the request answered; lost twice, the pack goes on on WASM and says why', async ({ page }) => {
    await inWorker(page, LOSS);
    await engineOn(page, { providers: ['webgpu'] });
    await loadAndOpen(page);
    const before = await panoptic(page);
    expect(before.provider).toBe('webgpu');

    await lose(page, 0);
    await expect.poll(async () => (await lost(page)).length).toBe(1);
    expect((await lost(page))[0]).toMatchObject({ recovering: true, reason: expect.stringMatching(/graphics device was lost.*opened again/) });
    expect(await panoptic(page)).toEqual(before);

    // The second time under a request: while the picture is read again on a new device.
    await openPhoto(page, 'cat.jpg');
    await lose(page, 3);
    const after = await panoptic(page);
    expect(await lost(page)).toHaveLength(2);
    expect((await lost(page))[1]).toMatchObject({ recovering: true, reason: expect.stringContaining('WASM') });
    expect(after.provider).toBe('wasm');
    expect(after.reason).toContain('the graphics device was lost twice');
    // And what it answers is what a device that never failed answers.
    await page.evaluate(() => window.kept.engine.dispose());
    await engineOn(page, { providers: ['wasm'] });
    await loadAndOpen(page, 'cat.jpg');
    expect(after.ids).toEqual((await panoptic(page)).ids);
  });

  test('a device lost under a request is opened again, and the request is answered once', async ({ page }) => {
    await inWorker(page, LOSS);
    await engineOn(page, { providers: ['webgpu'] });
    await loadAndOpen(page);
    await lose(page, 3);
    const answer = await panoptic(page);
    expect(answer.provider).toBe('webgpu');
    expect(await lost(page)).toMatchObject([{ recovering: true }]);
    expect(await panoptic(page)).toEqual(answer);
  });
});

test('a host without the runtime for WebGPU: the page runs on WASM and says why', async ({ page }) => {
  await page.context().route(/asyncify[^/]*\.wasm$/, (route) => route.fulfill({ status: 404, body: 'too large for this host' }));
  await startTiny(page, { device: 'both' });
  await drop(page, `${SAMPLES}coffee.jpg`);
  await seen(page, 'coffee.jpg');
  await page.getByRole('button', { name: /^WASM/ }).click();
  await expect(page.getByRole('dialog', { name: 'Where the model runs' })).toContainText(/WebGPU.* was left: The runtime \S+asyncify\S+ is not on the server \(HTTP 404\)/);
});

test('a device that computes wrongly is left for WASM, and the page says so', async ({ page }) => {
  // Every exponential of every shader is one of base two: softmax is wrong, and nothing fails.
  await inWorker(page, `{
    const make = GPUDevice.prototype.createShaderModule;
    GPUDevice.prototype.createShaderModule = function ({ code, ...more }) { return make.call(this, { ...more, code: code.replace(/\\bexp\\(/g, 'exp2(') }); };
  }`);
  await startTiny(page, { device: 'both' });
  await drop(page, `${SAMPLES}coffee.jpg`);
  // Two devices in turn, one of them in software: beside another test that takes minutes.
  await seen(page, 'coffee.jpg', 270_000);
  const badge = page.getByRole('button', { name: /^WASM/ });
  await badge.click();
  const why = page.getByRole('dialog', { name: 'Where the model runs' });
  await expect(why).toContainText(/WebGPU.* was left: .*self-check failed: \S+ is off by/);
  // Each way to open the device was tried on a device of its own.
  await expect(why).not.toContainText('could not be opened');
  expect(await page.evaluate(() => window.__xdecoder.see()?.segments.length)).toBeGreaterThan(0);
});
