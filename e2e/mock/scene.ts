/** Shapes that lie roughly where things are in samples/tower.jpg; later ones cover earlier ones. */
import type { Size } from '../../src/masks/types.ts';

interface Shape {
  readonly label: string;
  readonly score: number;
  /** Corners as shares of the picture. */
  readonly corners: readonly (readonly [number, number])[];
}

const box = (label: string, score: number, x: number, y: number, w: number, h: number): Shape => ({
  label, score, corners: [[x, y], [x + w, y], [x + w, y + h], [x, y + h]],
});

const usual: readonly Shape[] = [
  box('sky', 0.98, 0, 0, 1, 0.47),
  { label: 'lake', score: 0.83, corners: [[0, 0.47], [1, 0.44], [1, 0.8], [0, 0.85]] },
  { label: 'tree', score: 0.94, corners: [[0, 0.5], [0.12, 0.55], [0.1, 0.75], [0.3, 0.8], [0.55, 0.9], [0.7, 0.72], [0.86, 0.72], [0.88, 0.4], [0.95, 0.32], [1, 0.4], [1, 1], [0, 1]] },
  { label: 'tower', score: 0.97, corners: [[0.32, 0.07], [0.34, 0.16], [0.5, 0.28], [0.46, 0.3], [0.52, 0.46], [0.55, 0.6], [0.5, 0.66], [0.58, 0.8], [0.46, 0.92], [0.3, 0.86], [0.12, 0.76], [0.16, 0.62], [0.12, 0.6], [0.18, 0.45], [0.15, 0.3], [0.28, 0.16]] },
  { label: 'boat', score: 0.41, corners: [[0.8, 0.56], [0.84, 0.57], [0.83, 0.59], [0.8, 0.59]] },
  { label: 'boat', score: 0.77, corners: [[0.68, 0.6], [0.74, 0.61], [0.73, 0.64], [0.68, 0.64]] },
];

const dense = Array.from({ length: 60 }, (_, i) => box(['person', 'lamp', 'boat', 'tree'][i % 4] ?? 'person', 0.4 + (i % 6) / 10, (i % 10) / 10, Math.floor(i / 10) / 6, 0.09, 0.15));

export const SCENE = { usual, dense, none: [] as readonly Shape[] };

export function drawScene({ width, height }: Size, shapes: readonly Shape[]): Uint16Array {
  const ids = new Uint16Array(width * height);
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  shapes.forEach(({ corners }, i) => {
    if (!context) return;
    context.clearRect(0, 0, width, height);
    context.beginPath();
    for (const [x, y] of corners) context.lineTo(x * width, y * height);
    context.fill();
    const { data } = context.getImageData(0, 0, width, height);
    for (let p = 0; p < ids.length; p++) if ((data[4 * p + 3] as number) > 127) ids[p] = i + 1;
  });
  return ids;
}
