/** Two cars are "car · left" and "car · right"; more are numbered from left to right. */
import type { Segment } from '../../tasks/types.ts';
import type { Translate } from '../../i18n/index.ts';

export function titlesOf(segments: readonly Segment[], t: Translate): ReadonlyMap<number, string> {
  const alike = new Map<string, Segment[]>();
  for (const segment of segments) alike.set(segment.label, [...(alike.get(segment.label) ?? []), segment]);
  const titles = new Map<number, string>();
  const middle = ({ bbox: [x, , width] }: Segment): number => x + width / 2;
  for (const [label, group] of alike) {
    const [a, b, ...more] = group.toSorted((p, q) => middle(p) - middle(q));
    if (a && b && more.length === 0) {
      titles.set(a.id, t('list.left', { name: label }));
      titles.set(b.id, t('list.right', { name: label }));
    } else {
      [a, b, ...more].forEach((s, i) => s && titles.set(s.id, group.length > 1 ? `${label} ${i + 1}` : label));
    }
  }
  return titles;
}
