/** Which packs there are: those of the site, and the person's own. */
import * as v from 'valibot';
import type { PackSource } from '../../../engine/api.ts';
import { EngineError } from '../../../engine/errors.ts';
import { rememberedPacks } from '../../keep/packs.ts';
import type { PackEntry } from '../../slices/engine.ts';

const Index = v.object({
  packs: v.array(v.object({ name: v.string(), title: v.string(), manifest: v.string() })),
  default: v.string(),
});

/** @throws EngineError when the site offers none and nothing else was chosen */
export async function findPacks(): Promise<{ packs: PackEntry[]; chosen: PackEntry }> {
  const { own, chosen } = rememberedPacks();
  const mine = own.map((pack): PackEntry => ({ ...pack, own: true, summary: null }));
  const wanted = mine.find((p) => p.id === chosen);
  let offered: { packs: PackEntry[]; first: string };
  try {
    offered = await readIndex();
  } catch (error) {
    // The person's own pack needs no list of the site's.
    if (wanted) return { packs: mine, chosen: wanted };
    throw error;
  }
  const packs = [...offered.packs, ...mine];
  const pick = wanted ?? packs.find((p) => p.id === chosen) ?? packs.find((p) => p.id === offered.first) ?? packs[0];
  if (!pick) throw new EngineError('manifest-missing', 'No model pack is offered here.');
  return { packs, chosen: pick };
}

async function readIndex(): Promise<{ packs: PackEntry[]; first: string }> {
  const base = new URL('models/', document.baseURI);
  const url = new URL('index.json', base);
  const response = await fetch(url).catch((cause: unknown) => {
    throw new EngineError('network', 'The list of model packs could not be fetched.', { cause });
  });
  const read = v.safeParse(Index, await response.json().catch(() => null));
  if (!read.success) throw new EngineError('manifest-not-json', `${url.pathname} is not a list of model packs.`);
  const packs = read.output.packs.map(({ name, title, manifest }): PackEntry => ({
    id: name, title, own: false, summary: null, source: { kind: 'url', manifest: new URL(manifest, base).href },
  }));
  return { packs, first: read.output.default };
}

export const sameSource = (a: PackSource, b: PackSource): boolean =>
  a.kind === 'url' || b.kind === 'url' ? a.kind === 'url' && b.kind === 'url' && a.manifest === b.manifest : a.name === b.name;
