/** Generated pictures and folders of them. */
import type { Page } from '@playwright/test';
import sharp from 'sharp';

export interface TestFile {
  readonly path: string;
  readonly bytes: Buffer;
}

/** A picture of its own for every number: a coloured disc on another colour. */
export async function generated(n: number, side = 96): Promise<Buffer> {
  const hue = (n * 47) % 360;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}">
    <rect width="100%" height="100%" fill="hsl(${(hue + 160) % 360} 45% ${30 + (n % 5) * 10}%)"/>
    <circle cx="${20 + ((n * 13) % 56)}" cy="${24 + ((n * 29) % 48)}" r="${10 + (n % 4) * 6}" fill="hsl(${hue} 80% 55%)"/></svg>`;
  return sharp(Buffer.from(svg)).jpeg({ quality: 85 }).toBuffer();
}

export const folder = (name: string, count: number): Promise<TestFile[]> =>
  Promise.all(Array.from({ length: count }, async (_, n) => ({ path: `${name}/${String(n).padStart(3, '0')}.jpg`, bytes: await generated(n) })));

/** Many files dropped at once. A script can't make a folder: the names are what is left of the paths. */
export async function dropMany(page: Page, files: readonly TestFile[]): Promise<void> {
  const transfer = await page.evaluateHandle((list) => {
    const data = new DataTransfer();
    for (const { name, base64 } of list) data.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name, { lastModified: 1 }));
    return data;
  }, files.map(({ path, bytes }) => ({ name: path.slice(path.lastIndexOf('/') + 1), base64: bytes.toString('base64') })));
  await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
}
