/** Which colour and pattern each region has, on the stage, in the list and in what is saved. */
import { colorFor, PALETTE, type Rgb } from '../masks/palette.ts';
import type { Segment } from '../tasks/types.ts';
import type { Named } from './names.ts';
import { memo, names, rawSee } from './select.ts';
import type { PaletteId } from './slices/view.ts';

export interface Look {
  readonly color: Rgb;
  /** Number of the hatching used when patterns are on. */
  readonly pattern: number;
}

const ONE: Rgb = [102, 128, 170];
export const PATTERNS = 6;

/** The same name starts from the same colour in every picture. */
function hash(text: string): number {
  let h = 2166136261;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 16777619) >>> 0;
  return h;
}

/** Largest first: a name's own colour if it is free, else the next free one, so that neighbours differ. */
export function looksOf(segments: readonly Segment[], palette: PaletteId, named: readonly Named[]): ReadonlyMap<number, Look> {
  const given = new Map(named.map((n) => [n.name, n.color]));
  const used = new Set<number>();
  const looks = new Map<number, Look>();
  segments.forEach((segment, i) => {
    let slot = hash(segment.label) % PALETTE.length;
    for (let tries = 0; used.has(slot) && used.size < PALETTE.length && tries < PALETTE.length; tries++) slot = (slot + 1) % PALETTE.length;
    used.add(slot);
    const own = palette === 'data' ? given.get(segment.label) : null;
    looks.set(segment.id, { color: palette === 'one' ? ONE : (own ?? colorFor(slot)), pattern: i % PATTERNS });
  });
  return looks;
}

const NO_LOOKS: ReadonlyMap<number, Look> = new Map();

export const currentLooks = memo(
  (s) => [rawSee(s), s.view.palette, names(s)], // a region keeps its colour when it is renamed
  (see, palette, named) => (see ? looksOf(see.segments, palette, named) : NO_LOOKS),
);
