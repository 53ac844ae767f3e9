/** Names to look for: a preset, less what was taken out, plus the person's own. Pure. */
import type { Preset, Vocabulary } from '../engine/api.ts';

export interface NameList {
  /** Id of a preset, or '' for none. */
  readonly preset: string;
  readonly removed: readonly string[];
  readonly own: readonly string[];
}

export interface Named {
  readonly name: string;
  readonly own: boolean;
  readonly isThing: boolean;
  readonly color: readonly [number, number, number] | null;
}

/** What a person typed, as it is asked for: no space at the ends, one between words. */
export const plain = (text: string): string => text.replace(/\s+/g, ' ').trim();

const fold = (name: string): string => name.toLocaleLowerCase('en').replace(/\s+/g, ' ').trim();

/** A pasted list: one name a line, or commas or semicolons; spelled alike counts once. */
export function parseNames(text: string): string[] {
  const seen = new Set<string>();
  return text.split(/[\n,;]+/).map((part) => part.replace(/\s+/g, ' ').trim()).filter((name) => {
    const key = fold(name);
    if (key === '' || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** Everything looked for, own names last so that adding one moves no other. */
export function namesOf(list: NameList, presets: readonly Preset[]): Named[] {
  const preset = presets.find((p) => p.id === list.preset);
  const removed = new Set(list.removed.map(fold));
  const taken = new Set<string>();
  const named: Named[] = [];
  preset?.names.forEach((name, i) => {
    if (removed.has(fold(name))) return;
    taken.add(fold(name));
    named.push({ name, own: false, isThing: preset.isThing[i] ?? true, color: preset.colors[i] ?? null });
  });
  for (const name of list.own) {
    if (taken.has(fold(name))) continue;
    taken.add(fold(name));
    named.push({ name, own: true, isThing: true, color: null });
  }
  return named;
}

export const vocabularyOf = (named: readonly Named[]): Vocabulary => ({
  names: named.map((n) => n.name),
  isThing: named.map((n) => n.isThing),
});

/** Adding a name that was taken out of the preset brings it back instead. */
export function addNames(list: NameList, names: readonly string[], presets: readonly Preset[]): NameList {
  const inPreset = new Set(presets.find((p) => p.id === list.preset)?.names.map(fold));
  const wanted = new Set(names.map(fold));
  const owned = new Set(list.own.map(fold));
  return {
    preset: list.preset,
    removed: list.removed.filter((name) => !wanted.has(fold(name))),
    own: [...list.own, ...names.filter((name) => !inPreset.has(fold(name)) && !owned.has(fold(name)))],
  };
}

export function removeName(list: NameList, name: string): NameList {
  const key = fold(name);
  if (list.own.some((own) => fold(own) === key)) return { ...list, own: list.own.filter((own) => fold(own) !== key) };
  return { ...list, removed: [...list.removed, name] };
}

export const sameList = (a: NameList, b: NameList): boolean => listKey(a) === listKey(b);

/** One text for one list, whatever the order of what was taken out. */
export const listKey = (list: NameList): string => JSON.stringify([list.preset, list.removed.map(fold).sort(), list.own]);
