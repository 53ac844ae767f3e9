/** From stairs to lines: corners are cut at half a pixel, then points that change the line by less than a tolerance go. */
import type { Ring } from './types.ts';

/** Each step of the stairs gives the middle of its cracks' ends; stairs of one pixel become a straight slope. */
export function cutCorners(corners: readonly number[]): Ring {
  const n = corners.length / 2;
  const points: number[] = [];
  for (let i = 0; i < n; i++) {
    const ax = corners[2 * i] as number;
    const ay = corners[2 * i + 1] as number;
    const bx = corners[(2 * i + 2) % corners.length] as number;
    const by = corners[(2 * i + 3) % corners.length] as number;
    const dx = Math.sign(bx - ax) / 2;
    const dy = Math.sign(by - ay) / 2;
    points.push(ax + dx, ay + dy);
    if (Math.abs(bx - ax) + Math.abs(by - ay) > 1) points.push(bx - dx, by - dy);
  }
  return Float32Array.from(points);
}

/** Douglas and Peucker's method without recursion, on a ring split at its first point and the one farthest from it. */
export function simplify(ring: Ring, tolerance: number): Ring {
  const n = ring.length / 2;
  if (n <= 4) return ring;
  const x = (i: number): number => ring[2 * (i % n)] as number;
  const y = (i: number): number => ring[2 * (i % n) + 1] as number;
  let far = 0;
  let farthest = -1;
  for (let i = 1; i < n; i++) {
    const d = (x(i) - x(0)) ** 2 + (y(i) - y(0)) ** 2;
    if (d > farthest) [farthest, far] = [d, i];
  }
  const keep = new Uint8Array(n);
  keep[0] = keep[far] = 1;
  const spans: [number, number][] = [[0, far], [far, n]];
  for (let span = spans.pop(); span; span = spans.pop()) {
    const [from, to] = span;
    const dx = x(to) - x(from);
    const dy = y(to) - y(from);
    const length = Math.hypot(dx, dy) || 1;
    let worst = tolerance;
    let split = -1;
    for (let i = from + 1; i < to; i++) {
      const off = Math.abs((x(i) - x(from)) * dy - (y(i) - y(from)) * dx) / length;
      if (off > worst) [worst, split] = [off, i];
    }
    if (split < 0) continue;
    keep[split] = 1;
    spans.push([from, split], [split, to]);
  }
  const kept: number[] = [];
  for (let i = 0; i < n; i++) if (keep[i]) kept.push(x(i), y(i));
  return Float32Array.from(kept);
}

/** Twice-signed area halved: positive for outer rings (clockwise with y down). */
export function signedArea(ring: Ring): number {
  let sum = 0;
  const n = ring.length;
  for (let i = 0; i < n; i += 2) {
    sum += (ring[i] as number) * (ring[(i + 3) % n] as number) - (ring[(i + 2) % n] as number) * (ring[i + 1] as number);
  }
  return sum / 2;
}
