/** Nothing leaves: the policy, the requests of a whole session, the address, the report; and what is kept on the machine. */
import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { drop, open, SAMPLES, seen, start, startTiny, type } from './support/app.ts';

/** Everything that breaks the page's policy, in the page; workers say so on the console. */
async function watchPolicy(page: Page): Promise<() => Promise<string[]>> {
  const said: string[] = [];
  page.on('console', (message) => {
    if (/Content Security Policy/i.test(message.text())) said.push(message.text());
  });
  await page.addInitScript(() => {
    const broken: string[] = [];
    Object.assign(window, { broken });
    document.addEventListener('securitypolicyviolation', (e) => broken.push(`${e.violatedDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber}`));
  });
  return async () => [...said, ...(await page.evaluate(() => (window as unknown as { broken: string[] }).broken))];
}

test('39. no request leaves the origin in a full session, and the strict policy is never broken', async ({ page, context }) => {
  const requests: string[] = [];
  context.on('request', (request) => requests.push(request.url()));
  const broken = await watchPolicy(page);
  await start(page);
  await page.getByRole('button', { name: 'Cup of coffee' }).click();
  await seen(page, 'coffee.jpg');
  await drop(page, { name: 'drawn.svg', bytes: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200"><circle cx="150" cy="100" r="80" fill="#26c"/></svg>') });
  await seen(page, 'drawn.svg');
  await type(page, 'Find', 'the round thing');
  await page.waitForFunction(() => window.__xdecoder.find() !== null && window.__xdecoder.busy() === null);
  await page.getByRole('radio', { name: /^Describe/ }).click();
  await page.waitForFunction(() => window.__xdecoder.described() !== null && window.__xdecoder.busy() === null);
  await type(page, 'Ask', 'what is it?');
  await page.waitForFunction(() => window.__xdecoder.asked() !== null && window.__xdecoder.busy() === null);
  for (const key of ['Control+s', 'i', 'n', '?']) {
    await page.locator('body').press('Escape');
    await page.locator('body').press(key);
    await expect(page.getByRole('dialog')).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toHaveCount(0);
  }
  const foreign = requests.filter((url) => !/^(blob|data):/.test(url) && new URL(url).origin !== new URL(page.url()).origin);
  expect(foreign).toEqual([]);
  expect(await broken()).toEqual([]);

  // The policy is there, and holds: what the page tries to send elsewhere is stopped by the browser.
  const policy = await page.locator('meta[http-equiv=Content-Security-Policy]').getAttribute('content');
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toMatch(/unsafe-inline|unsafe-eval'(?<!wasm-unsafe-eval')/);
  expect((await page.request.get('/')).headers()['content-security-policy']).toBe(policy);
  const stopped = await page.evaluate(() => fetch('https://elsewhere.example/').then(() => 'sent', () => 'stopped'));
  expect(stopped).toBe('stopped');
  expect((await broken()).join()).toContain('connect-src');
});

test('38. the address restores task, phrase and vocabulary; back and forward work; an unknown one falls back', async ({ page }) => {
  await start(page);
  await open(page, 'coffee.jpg');
  await page.getByRole('textbox').first().fill('saucer');
  await page.keyboard.press('Enter');
  await type(page, 'Find', 'the cup');
  await page.waitForFunction(() => window.__xdecoder.find()?.phrase === 'the cup');
  const { hash } = new URL(page.url());
  expect(hash).toContain('do=find');
  expect(hash).toContain('find=the+cup');
  expect(hash).toContain('with=saucer');
  expect(decodeURIComponent(hash)).not.toContain('coffee');

  await page.getByRole('radio', { name: /^Describe/ }).click();
  await page.goBack();
  await expect(page.getByRole('radio', { name: /^Find/ })).toBeChecked();
  await expect(page.getByRole('textbox').first()).toHaveValue('the cup');
  // Back to before the phrase: it is not looked for again, which would undo the step.
  await page.goBack();
  await expect(page.getByRole('textbox').first()).toHaveValue('');
  await page.waitForTimeout(1200);
  expect(new URL(page.url()).hash).not.toContain('find=');
  await page.goForward();
  await expect(page.getByRole('textbox').first()).toHaveValue('the cup');
  await page.goForward();
  await expect(page.getByRole('radio', { name: /^Describe/ })).toBeChecked();

  // In a page of its own, the address alone brings it all back.
  await page.goto(`/?inspect${hash}`);
  await page.reload();
  await open(page, 'cat.jpg');
  await page.waitForFunction(() => window.__xdecoder.find()?.phrase === 'the cup' && window.__xdecoder.busy() === null);
  await page.getByRole('radio', { name: /^See/ }).click();
  await expect(page.getByRole('button', { name: 'Remove saucer' })).toBeVisible();

  await page.goto('/?inspect#do=fly&list=nowhere&find=%E0%A4%A');
  await page.reload();
  await open(page, 'cat.jpg');
  await expect(page.getByRole('radio', { name: /^See/ })).toBeChecked();
  expect(await page.evaluate(() => window.__xdecoder.see()?.segments.length)).toBeGreaterThan(0);
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test('38. going back leaves the names as they are; a list too long for the address outlives a reload', async ({ page }) => {
  await startTiny(page);
  await open(page, 'coffee.jpg');
  const field = page.getByRole('textbox').first();
  const add = async (name: string): Promise<void> => {
    await page.getByRole('radio', { name: /^See/ }).click();
    await field.fill(name);
    await page.keyboard.press('Enter');
    await expect(page.getByRole('button', { name: `Remove ${name}` })).toBeVisible();
  };
  await add('walrus');
  await page.getByRole('radio', { name: /^Describe/ }).click();
  await add('seal');
  await page.goBack();
  await expect(page.getByRole('radio', { name: /^Describe/ })).toBeChecked();
  await page.goBack();
  await expect(page.getByRole('radio', { name: /^See/ })).toBeChecked();
  for (const name of ['walrus', 'seal']) await expect(page.getByRole('button', { name: `Remove ${name}` })).toBeVisible();
  expect(new URL(page.url()).hash).toContain('seal');

  const many = Array.from({ length: 200 }, (_, i) => `creature ${i}`);
  await field.fill('');
  await page.evaluate((text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', text);
    document.getElementById('prompt')?.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, many.join(','));
  await page.waitForFunction(() => window.__xdecoder.names().includes('creature 199'));
  await page.getByRole('radio', { name: /^Describe/ }).click();
  expect(new URL(page.url()).hash).toBe('#do=describe');
  await page.reload();
  await drop(page, `${SAMPLES}coffee.jpg`);
  await expect(page.getByRole('radio', { name: /^Describe/ })).toBeChecked();
  await page.waitForFunction(() => window.__xdecoder.names().length > 0);
  expect(await page.evaluate(() => window.__xdecoder.names())).toEqual(expect.arrayContaining(['walrus', 'seal', ...many]));
});

test('7. the model panel shows bytes, persistence and delete; where the quota is too small, memory does and it is said', async ({ page }) => {
  await start(page);
  await open(page, 'cat.jpg');
  await page.keyboard.press('Escape');
  await page.locator('body').press('i');
  const panel = page.getByRole('dialog');
  await expect(panel.getByText(/on this machine, works offline/)).toBeVisible();
  await expect(panel.getByText('kept for the next visit')).toBeVisible();
  await expect(panel.getByText(/the browser may clear it|^kept$/)).toBeVisible();
  await expect(panel.getByText(/passed, largest error/)).toBeVisible();
  await panel.getByRole('button', { name: /^Delete .* from this machine/ }).click();
  await expect(panel.getByText(/0 kB stored/)).toBeVisible();

  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Storage.overrideQuotaForOrigin', { origin: new URL(page.url()).origin, quotaSize: 20_000 });
  await page.reload();
  await page.getByRole('button', { name: 'Get it now' }).click();
  await expect(page.getByText(/The browser keeps no files for this page/)).toBeVisible();
  await open(page, 'cat.jpg');
  expect(await page.evaluate(() => window.__xdecoder.see()?.segments.length)).toBeGreaterThan(0);
});

test('40. the report names version, model, runtime, device and self-check, and nothing of the picture', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await start(page);
  await open(page, 'astronaut.jpg');
  await type(page, 'Find', 'a secret thing');
  await page.waitForFunction(() => window.__xdecoder.find() !== null && window.__xdecoder.busy() === null);
  await page.keyboard.press('Escape');
  await page.locator('body').press('i');
  const panel = page.getByRole('dialog');
  const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
  await expect(panel.getByText(`X-Decoder ${version}`)).toBeVisible();
  await expect(panel.getByText(/onnxruntime-web [\d.]+ \(ort-wasm/)).toBeVisible();
  await panel.getByRole('button', { name: 'Copy a report' }).click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toContain('"version"');
  const text = await page.evaluate(() => navigator.clipboard.readText());
  const report = JSON.parse(text) as Record<string, never>;
  expect(report).toMatchObject({ version, runtime: expect.stringMatching(/^onnxruntime-web/), device: { provider: 'wasm' }, selfCheck: { passed: true }, model: { name: expect.any(String), checkpoint: expect.any(String) } });
  expect(text).not.toMatch(/astronaut|secret|blob:|base64/);
});

test('an own pack is dropped as a folder, works, stays for the next visit and is deleted', async ({ page }) => {
  await startTiny(page);
  await open(page, 'cat.jpg');
  await page.keyboard.press('Escape');
  await page.locator('body').press('i');
  const panel = page.getByRole('dialog');
  await panel.getByRole('button', { name: 'Add your own pack' }).click();
  const folder = join(await mkdtemp(join(tmpdir(), 'pack-')), 'mine');
  await cp(new URL('fixtures/packs/tiny-seem', import.meta.url), folder, { recursive: true });
  // Where there is no graphics card, starting on WebGPU takes minutes and is not what this is about.
  const manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as { variants: { providers: string[] }[] };
  for (const variant of manifest.variants) variant.providers = ['wasm'];
  await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest));
  const chooser = page.waitForEvent('filechooser');
  await panel.getByRole('button', { name: 'Choose a folder' }).click();
  await (await chooser).setFiles(folder);
  const mine = panel.getByRole('listitem').filter({ hasText: 'your own' });
  await expect(mine).toContainText('in use');
  await page.keyboard.press('Escape');
  await seen(page, 'cat.jpg');

  await page.reload();
  await page.waitForFunction(() => window.__xdecoder.phase() === 'ready');
  await drop(page, `${SAMPLES}coffee.jpg`);
  await seen(page, 'coffee.jpg');
  await page.keyboard.press('Escape');
  await page.locator('body').press('i');
  await expect(mine).toContainText('in use');
  await panel.getByRole('button', { name: /^Use: / }).click();
  await mine.getByRole('button', { name: /^Delete/ }).click();
  await expect(mine).toHaveCount(0);
});
