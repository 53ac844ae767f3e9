/** A small copy of a picture, and what its file is: made off the page's thread. */
import { sha256 } from '../engine/weights/sha256.ts';

/** Long side in pixels: sharp at twice the pixels of the largest tile. */
export const THUMB_SIDE = 320;
const QUALITY = 0.82;

export interface Digest {
  readonly sha256: string;
  /** Null when this thread cannot decode it (SVG). */
  readonly thumb: Blob | null;
}

export async function digest(file: Blob): Promise<Digest> {
  const [hash, thumb] = await Promise.all([file.arrayBuffer().then((bytes) => sha256(new Uint8Array(bytes))), thumbnail(file).catch(() => null)]);
  return { sha256: hash, thumb };
}

async function thumbnail(file: Blob): Promise<Blob> {
  const whole = await createImageBitmap(file, { imageOrientation: 'from-image' });
  const scale = Math.min(1, THUMB_SIDE / Math.max(whole.width, whole.height));
  const canvas = new OffscreenCanvas(Math.max(1, Math.round(whole.width * scale)), Math.max(1, Math.round(whole.height * scale)));
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no canvas');
  context.imageSmoothingQuality = 'high';
  context.fillStyle = '#fff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(whole, 0, 0, canvas.width, canvas.height);
  whole.close();
  return canvas.convertToBlob({ type: 'image/webp', quality: QUALITY });
}
