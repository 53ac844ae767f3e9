/** The stage from a person's side: where things are on the screen, what the canvases show. */
import type { Page } from '@playwright/test';
import { fitted } from '../../src/ui/Stage/camera.ts';
import { graphRuns } from './app.ts';

export interface Spot {
  readonly x: number;
  readonly y: number;
}

/** Where a point of the fitted picture lies on the page. */
export async function onScreen(page: Page, at: Spot): Promise<Spot> {
  const { picture, box, inset } = await page.evaluate(() => {
    const surface = document.querySelector('[data-tool]');
    const size = window.__xdecoder.picture()?.size;
    if (!surface || !size) throw new Error('There is no picture on the stage.');
    const style = getComputedStyle(surface);
    const px = (side: string): number => Number.parseFloat(style.getPropertyValue(`padding-${side}`));
    const { left, top } = surface.getBoundingClientRect();
    return {
      picture: size,
      box: { left, top, width: surface.clientWidth, height: surface.clientHeight },
      inset: { top: px('top'), right: px('right'), bottom: px('bottom'), left: px('left') },
    };
  });
  const view = fitted(picture, box, inset);
  return { x: box.left + view.x + at.x * view.scale, y: box.top + view.y + at.y * view.scale };
}

export interface RegionSpot {
  readonly id: number;
  readonly label: string;
  readonly at: Spot;
}

/** A pixel well inside each region of the picture in view, largest region first; regions too thin for that are left out. */
export async function regionSpots(page: Page, margin = 2): Promise<RegionSpot[]> {
  return page.evaluate((wide) => {
    const see = window.__xdecoder.see();
    const picture = window.__xdecoder.picture();
    if (!see || !picture) throw new Error('Nothing was seen yet.');
    const { width, height } = see.size;
    const scale = picture.size.width / width;
    const found: { id: number; label: string; at: { x: number; y: number } }[] = [];
    for (const { id, label } of see.segments) {
      search: for (let y = wide; y < height - wide; y++) for (let x = wide; x < width - wide; x++) {
        let inside = true;
        for (let dy = -wide; inside && dy <= wide; dy++) for (let dx = -wide; inside && dx <= wide; dx++) inside = see.ids[(y + dy) * width + x + dx] === id;
        if (!inside) continue;
        found.push({ id, label, at: { x: (x + 0.5) * scale, y: (y + 0.5) * scale } });
        break search;
      }
    }
    return found;
  }, margin);
}

/** Sum over a layer's pixels: another number when it shows something else. Layers: picture, masks, lines. */
export const layerSum = (page: Page, layer: 0 | 1 | 2): Promise<number> =>
  page.evaluate((n) => {
    const canvas = document.querySelectorAll<HTMLCanvasElement>('[data-tool] canvas')[n];
    const data = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data;
    let sum = 0;
    data?.forEach((value, i) => (sum = (sum + value * ((i % 8191) + 1)) % 9007199254740));
    return sum;
  }, layer);

/** Runs what a person does and says which graphs ran meanwhile. */
export async function graphsDuring(page: Page, doing: () => Promise<unknown>): Promise<Record<string, number>> {
  const before = await graphRuns(page);
  await doing();
  const after = await graphRuns(page);
  return Object.fromEntries(Object.entries(after).map(([graph, runs]) => [graph, runs - (before[graph] ?? 0)] as const).filter(([, runs]) => runs > 0));
}

export const picked = (page: Page): Promise<readonly number[]> => page.evaluate(() => window.__xdecoder.selection().picked);
export const frames = (page: Page, count = 2): Promise<void> =>
  page.evaluate(async (n) => {
    for (let i = 0; i < n; i++) await new Promise((resolve) => requestAnimationFrame(resolve));
  }, count);
