/** The address carries verb, phrase and names, never the picture. What it doesn't understand is left out quietly. */
import { update, type App } from '../app.ts';
import { listKey, type NameList } from '../names.ts';
import { VERBS, type TaskSlice, type Verb } from '../slices/task.ts';
import { reconcile } from '../flow/run.ts';

const LIMIT = 1500;

const isVerb = (text: string): text is Verb => (VERBS as readonly string[]).includes(text);
const items = (text: string | null): string[] => (text ? text.split('|').filter(Boolean) : []);

type Carried = Pick<TaskSlice, 'verb' | 'phrase' | 'question' | 'list'>;

export function write(task: Carried, defaultPreset: string): string {
  const q = new URLSearchParams();
  if (task.verb !== 'see') q.set('do', task.verb);
  if (task.phrase !== '' && task.verb === 'find') q.set('find', task.phrase);
  if (task.question !== '' && task.verb === 'ask') q.set('ask', task.question);
  if (task.list && listKey(task.list) !== listKey({ preset: defaultPreset, removed: [], own: [] })) {
    q.set('list', task.list.preset);
    if (task.list.own.length > 0) q.set('with', task.list.own.join('|'));
    if (task.list.removed.length > 0) q.set('without', task.list.removed.join('|'));
  }
  const text = q.toString();
  return text === '' || text.length > LIMIT ? '' : `#${text}`;
}

export function read(hash: string): Partial<Carried> {
  const q = new URLSearchParams(hash.replace(/^#/, ''));
  const verb = q.get('do') ?? 'see';
  const preset = q.get('list');
  const list: NameList | null = preset === null ? null : { preset, own: items(q.get('with')), removed: items(q.get('without')) };
  return { ...(isVerb(verb) ? { verb } : {}), phrase: q.get('find') ?? '', question: q.get('ask') ?? '', ...(list ? { list } : {}) };
}

function apply(app: App): void {
  const { phrase = '', question = '', list, ...found } = read(location.hash);
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

/** A new verb or phrase is a step to go back from; an edited list is not. */
export function followHash(app: App): () => void {
  apply(app);
  const back = (): void => apply(app);
  window.addEventListener('popstate', back);
  const stop = app.store.subscribe((now, before) => {
    if (now.task === before.task) return;
    const preset = now.engine.report?.defaultPreset ?? now.task.list?.preset ?? '';
    const hash = write(now.task, preset);
    if (hash === location.hash) return;
    const step = now.task.verb !== before.task.verb || now.task.phrase !== before.task.phrase || now.task.question !== before.task.question;
    const url = `${location.pathname}${location.search}${hash}`;
    if (step) history.pushState(null, '', url);
    else history.replaceState(null, '', url);
  });
  return () => {
    window.removeEventListener('popstate', back);
    stop();
  };
}
