/** The app when its worker dies, with the offered pack on WASM: what a person had is kept, and nothing goes round in circles. */
import { expect, test, type Page } from '@playwright/test';
import { drop, SAMPLES, seen, start, type } from './support/app.ts';

/** Keeps the engine's workers in reach; while `dying`, each is killed soon after it was given something to do. */
async function reachWorkers(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const reach = { workers: [] as Worker[], dying: false };
    Object.assign(window, { reach });
    const Made = Worker;
    window.Worker = class extends Made {
      constructor(url: string | URL, options?: WorkerOptions) {
        super(url, options);
        if (options?.name !== 'xdecoder') return;
        reach.workers.push(this);
        const send = this.postMessage.bind(this);
        this.postMessage = (message: unknown, more?: StructuredSerializeOptions | Transferable[]): void => {
          send(message, more as Transferable[]);
          if (reach.dying && (message as { name?: string }).name !== 'start') setTimeout(() => this.terminate(), 20);
        };
      }
    };
  });
}

type Reach = { reach: { workers: Worker[]; dying: boolean } };
const kill = (page: Page): Promise<void> => page.evaluate(() => (window as unknown as Reach).reach.workers.at(-1)?.terminate());
const dying = (page: Page, yes: boolean): Promise<void> => page.evaluate((on) => void ((window as unknown as Reach).reach.dying = on), yes);

test('33. a worker that dies: state kept, one restart by itself, then a card with a smaller profile, never a loop', async ({ page }) => {
  await reachWorkers(page);
  let loads = 0;
  page.on('load', () => loads++);
  await start(page);
  await drop(page, `${SAMPLES}coffee.jpg`);
  await seen(page, 'coffee.jpg');
  const before = await page.evaluate(() => window.__xdecoder.see()?.segments.map((s) => [s.label, s.area]));
  const workers = await page.evaluate(() => (window as unknown as Reach).reach.workers.length);

  // Once: said with its cause, and the next request is answered by a worker that has pack and picture again.
  await kill(page);
  await expect(page.getByRole('status').filter({ hasText: 'The worker that computes stopped' })).toContainText('starts again by itself');
  await type(page, 'Find', 'the cup');
  await page.waitForFunction(() => window.__xdecoder.find()?.phrase === 'the cup' && window.__xdecoder.busy() === null);
  await expect(page.getByRole('alert')).toHaveCount(0);
  const found = await page.evaluate(() => window.__xdecoder.find()?.score);

  // Again and again: a card instead of a third try, and all that was there still is.
  await dying(page, true);
  await type(page, 'Find', 'the saucer');
  const card = page.getByRole('alert').filter({ hasText: 'The worker that computes stopped' });
  await expect(card).toContainText('Try again');
  await page.waitForTimeout(2000);
  await expect(card).toHaveCount(1);
  expect(await page.evaluate(() => (window as unknown as Reach).reach.workers.length)).toBeLessThanOrEqual(workers + 3);
  expect(await page.evaluate(() => window.__xdecoder.picture()?.name)).toBe('coffee.jpg');
  expect(await page.evaluate(() => window.__xdecoder.see()?.segments.map((s) => [s.label, s.area]))).toEqual(before);
  await expect(page.locator('[aria-busy=true]')).toHaveCount(0);

  // The smaller profile is one press away, and answers what was asked.
  await dying(page, false);
  await card.getByRole('button', { name: 'Use less memory' }).click();
  await page.waitForFunction(() => window.__xdecoder.find()?.phrase === 'the saucer' && window.__xdecoder.busy() === null);
  // A slow machine's answer may still be that of the worker before.
  await expect.poll(() => page.evaluate(() => window.__xdecoder.device())).toMatchObject({ provider: 'wasm', threads: 1 });
  await expect.poll(() => page.evaluate(async () => (await window.__xdecoder.engine()).featureBudget)).toBe(0);
  await expect(page.getByRole('alert')).toHaveCount(0);
  await type(page, 'Find', 'the cup');
  await page.waitForFunction(() => window.__xdecoder.find()?.phrase === 'the cup' && window.__xdecoder.busy() === null);
  expect(await page.evaluate(() => window.__xdecoder.find()?.score)).toBeCloseTo(found ?? NaN, 3);
  expect(loads).toBe(1);
});
