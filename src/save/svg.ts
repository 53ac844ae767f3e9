/** SVG: one path a region along the cracks between pixels, holes kept by the even-odd rule. */
import { traceRegions } from '../outline/trace.ts';
import type { Saving } from './types.ts';

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
/** Without control characters, which XML has no way to write. */
const escaped = (text: string): string => text.replace(/\p{Cc}/gu, ' ').replace(/[&<>"]/g, (c) => ESCAPES[c] ?? c);

/** Corners x, y, x, y, … to a closed path. */
const path = (ring: readonly number[]): string => `M${ring.map((v, i) => (i % 2 === 0 ? (i > 0 ? 'L' : '') : ' ') + v).join('')}Z`;

export function svg({ name, size, ids, regions }: Saving): string {
  const rings = traceRegions(ids, size, regions.reduce((top, r) => Math.max(top, r.id), 0));
  const paths = regions.map(({ id, label, color }) =>
    `  <path id="region-${id}" data-label="${escaped(label)}" fill="rgb(${color.join(',')})" fill-opacity="0.5" fill-rule="evenodd" d="${(rings[id] ?? []).map(path).join('')}"><title>${escaped(label)}</title></path>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" width="${size.width}" height="${size.height}">\n  <title>${escaped(name)}</title>\n${paths.join('\n')}\n</svg>\n`;
}
