/** Regions that overlap what is seen: the same pass of the model, other masks of it. No graph runs for them. */
import { isAbort } from '../../engine/errors.ts';
import type { Instance } from '../../tasks/types.ts';
import type { Size } from '../../masks/types.ts';
import { restart, update, type App } from '../app.ts';
import { failureOf } from '../failure.ts';
import { vocabularyOf } from '../names.ts';
import { currentPicture, names, rawSee } from '../select.ts';
import type { Proposal } from '../slices/runs.ts';
import type { Regions } from '../vault.ts';
import { notify } from './notify.ts';
import { shownSize } from '../shown-size.ts';

/** Numbers of proposals start here. */
export const PROPOSAL = 10_000;
const LEAST_SCORE = 0.1;
/** Masks that share this much are one region to a person. */
const ALIKE = 0.8;
const MOST = 24;

/** Proposals of the picture in view, computed when they are first asked for. */
export async function proposals(app: App): Promise<readonly Proposal[]> {
  const state = app.store.getState();
  const [picture, see] = [currentPicture(state), rawSee(state)];
  const regions = see && app.vault.regions(see.id);
  if (!picture || !see || !regions) return [];
  const known = state.runs.proposals[picture.key];
  if (known?.see === see.id && known.list.every((p) => app.vault.regions(p.mask))) return known.list;
  const { signal } = restart(app, 'propose');
  const { width, height } = shownSize(picture.size);
  const half = { width: Math.ceil(width / 2), height: Math.ceil(height / 2) };
  // All names count as things here: what lies on top of what is asked of every region.
  const vocabulary = { names: vocabularyOf(names(state)).names };
  try {
    const { output } = await app.engine.run('instance', picture.engineId, { vocabulary, minScore: LEAST_SCORE, outputSize: half }, { signal, lane: 'background' });
    signal.throwIfAborted();
    const list = distinct(output.instances, output.size, regions).map(({ mask, label, score, area }, i): Proposal => ({
      id: PROPOSAL + i, mask: app.vault.put({ ids: Uint16Array.from(mask), size: output.size, count: 1 }), label, score, area: area * 4,
    }));
    update(app, 'runs', (runs) => ({ proposals: { ...runs.proposals, [picture.key]: { see: see.id, list } } }));
    return list;
  } catch (error) {
    if (!isAbort(error)) notify(app, failureOf(error, picture.name));
    return [];
  }
}

/** Those that are neither a region that is seen nor another proposal. */
function distinct(instances: readonly Instance[], size: Size, seen: Regions): Instance[] {
  const kept: Instance[] = [];
  for (const instance of instances) {
    if (kept.length === MOST) break;
    if (instance.area > 0 && !isSeen(instance, size, seen) && kept.every((other) => overlap(instance.mask, other.mask) < ALIKE)) kept.push(instance);
  }
  return kept;
}

function overlap(a: Uint8Array, b: Uint8Array): number {
  let both = 0;
  let either = 0;
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] as number, b[i] as number];
    both += x & y;
    either += x | y;
  }
  return either === 0 ? 0 : both / either;
}

function isSeen({ mask, area }: Instance, { width, height }: Size, { ids, size, count }: Regions): boolean {
  const inside = new Uint32Array(count + 1);
  const whole = new Uint32Array(count + 1);
  for (let y = 0, i = 0; y < height; y++) {
    const row = Math.floor((y * size.height) / height) * size.width;
    for (let x = 0; x < width; x++, i++) {
      const id = ids[row + Math.floor((x * size.width) / width)] as number;
      whole[id] = (whole[id] as number) + 1;
      if (mask[i]) inside[id] = (inside[id] as number) + 1;
    }
  }
  for (let id = 1; id <= count; id++) {
    const both = inside[id] as number;
    if (both > 0 && both / (area + (whole[id] as number) - both) >= ALIKE) return true;
  }
  return false;
}
