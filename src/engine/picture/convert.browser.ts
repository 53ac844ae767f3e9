/** SVG is drawn by the page: workers can't. Everything else goes to the worker as it came. The engine does this by itself; a page that shows the picture may do it first. */
import { EngineError } from '../errors.ts';
import { formatOf } from './sniff.ts';

/** Longest side in pixels that an SVG is drawn with, and the size of one that names none. */
const SVG_SIDE = 2048;

/** @throws EngineError of stage decode */
export async function convertInPage(picture: Blob): Promise<Blob> {
  return (await formatOf(picture)) === 'svg' ? drawSvg(picture) : picture;
}

async function drawSvg(picture: Blob): Promise<Blob> {
  const url = URL.createObjectURL(new Blob([picture], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const [width, height] = [image.naturalWidth || SVG_SIDE, image.naturalHeight || SVG_SIDE];
    const scale = SVG_SIDE / Math.max(width, height);
    const canvas = document.createElement('canvas');
    canvas.width = Math.max(1, Math.round(width * scale));
    canvas.height = Math.max(1, Math.round(height * scale));
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const png = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
    if (!png) throw new Error('nothing was drawn');
    return png;
  } catch (cause) {
    throw new EngineError('picture-damaged', 'The SVG picture could not be drawn.', { cause });
  } finally {
    URL.revokeObjectURL(url);
  }
}
