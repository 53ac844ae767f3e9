/** Own packs and the chosen one, remembered between visits: names and addresses only, the weights are the engine's. */
import * as v from 'valibot';

const KEY = 'xdecoder.packs.1';

const Source = v.variant('kind', [
  v.object({ kind: v.literal('url'), manifest: v.string() }),
  v.object({ kind: v.literal('kept'), name: v.string() }),
]);
const Remembered = v.object({
  chosen: v.nullable(v.string()),
  own: v.array(v.object({ id: v.string(), title: v.string(), source: Source })),
});
export type RememberedPacks = v.InferOutput<typeof Remembered>;

const NONE: RememberedPacks = { chosen: null, own: [] };

export function rememberedPacks(): RememberedPacks {
  try {
    const read = v.safeParse(Remembered, JSON.parse(localStorage.getItem(KEY) ?? 'null'));
    return read.success ? read.output : NONE;
  } catch {
    return NONE; // storage refused or damaged: the site's own packs do
  }
}

export function rememberPacks(change: Partial<RememberedPacks>): void {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...rememberedPacks(), ...change }));
  } catch {
    // storage refused: the choice holds for this visit
  }
}
