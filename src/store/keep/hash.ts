/**
 * The address carries verb, phrase and names, never the picture. What it doesn't understand is left out quietly. A list
 * too long for an address stays with the entry of the history, so that loading the page again does not lose it.
 */
import { type InferOutput, nullable, object, safeParse } from 'valibot';
import { update, type App } from '../app.ts';
import { listKey, type NameList } from '../names.ts';
import { VERBS, type TaskSlice, type Verb } from '../slices/task.ts';
import { reconcile } from '../flow/run.ts';
import { List } from './lists.ts';

const LIMIT = 1500;

const isVerb = (text: string): text is Verb => (VERBS as readonly string[]).includes(text);
const items = (text: string | null): string[] => (text ? text.split('|').filter(Boolean) : []);

type Carried = Pick<TaskSlice, 'verb' | 'phrase' | 'question' | 'list'>;

export function write(task: Carried, defaultPreset: string): string {
  const text = params(task, defaultPreset).toString();
  const short = text.length > LIMIT ? params({ ...task, list: null }, defaultPreset).toString() : text;
  return short === '' || short.length > LIMIT ? '' : `#${short}`;
}

function params(task: Carried, defaultPreset: string): URLSearchParams {
  const q = new URLSearchParams();
  if (task.verb !== 'see') q.set('do', task.verb);
  if (task.phrase !== '' && task.verb === 'find') q.set('find', task.phrase);
  if (task.question !== '' && task.verb === 'ask') q.set('ask', task.question);
  if (task.list && listKey(task.list) !== listKey({ preset: defaultPreset, removed: [], own: [] })) {
    q.set('list', task.list.preset);
    if (task.list.own.length > 0) q.set('with', task.list.own.join('|'));
    if (task.list.removed.length > 0) q.set('without', task.list.removed.join('|'));
  }
  return q;
}

export function read(hash: string): Partial<Carried> {
  const q = new URLSearchParams(hash.replace(/^#/, ''));
  const verb = q.get('do') ?? 'see';
  const preset = q.get('list');
  const list: NameList | null = preset === null ? null : { preset, own: items(q.get('with')), removed: items(q.get('without')) };
  return { ...(isVerb(verb) ? { verb } : {}), phrase: q.get('find') ?? '', question: q.get('ask') ?? '', ...(list ? { list } : {}) };
}

/** What an entry of the history holds: it tells the app's own entries from an address that a person typed. */
const Entry = object({ list: nullable(List) });

function entryOf(state: unknown): InferOutput<typeof Entry> | null {
  const found = safeParse(Entry, state);
  return found.success ? found.output : null;
}

function apply(app: App, list: NameList | null): void {
  const { phrase = '', question = '', list: _, ...found } = read(location.hash);
  // A list that the loaded pack does not have is left out; before a pack is loaded, loading it decides.
  const presets = app.store.getState().engine.report?.presets;
  const known = list && (!presets || list.preset === '' || presets.some((p) => p.id === list.preset));
  update(app, 'task', ({ drafts }) => ({
    ...found, phrase, question, guess: false, ...(known ? { list } : {}),
    // In its field a phrase that is not the address's would be looked for again, and the step back undone.
    drafts: { ...drafts, find: found.verb === 'find' ? phrase : phrase || drafts.find, ask: question || drafts.ask },
  }));
  reconcile(app);
}

/** A new verb or phrase is a step to go back from; an edited list is not, so going back leaves the list as it is. */
export function followHash(app: App): () => void {
  let going = false;
  const stop = app.store.subscribe((now, before) => {
    if (now.task === before.task) return;
    const preset = now.engine.report?.defaultPreset ?? now.task.list?.preset ?? '';
    const hash = write(now.task, preset);
    if (hash === location.hash && now.task.list === before.task.list) return;
    const step = now.task.verb !== before.task.verb || now.task.phrase !== before.task.phrase || now.task.question !== before.task.question;
    const url = `${location.pathname}${location.search}${hash}`;
    const entry = { list: now.task.list };
    if (step && !going && hash !== location.hash) history.pushState(entry, '', url);
    else history.replaceState(entry, '', url);
  });
  const go = (list: NameList | null): void => {
    going = true;
    apply(app, list);
    going = false;
  };
  const inAddress = (): NameList | null => read(location.hash).list ?? null;
  go(inAddress() ?? entryOf(history.state)?.list ?? null);
  const back = ({ state }: PopStateEvent): void => go(entryOf(state) ? null : inAddress());
  window.addEventListener('popstate', back);
  return () => {
    window.removeEventListener('popstate', back);
    stop();
  };
}
