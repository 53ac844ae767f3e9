/** Tells people: notices that stay until dismissed, announcements for those who listen. */
import { translator, type Translate } from '../../i18n/index.ts';
import { update, type App } from '../app.ts';
import type { Failure } from '../failure.ts';
import type { Notice, Undo } from '../slices/notices.ts';

type Words = (t: Translate) => string;

const words = (app: App, text: Words): string => text(translator(app.store.getState().view.language));
let serial = 0;

export function announce(app: App, text: Words): void {
  update(app, 'notices', (n) => ({ announcement: { serial: n.announcement.serial + 1, text: words(app, text) } }));
}

/** Notes go away by themselves; problems stay until they are dismissed or their cause is gone. */
const NOTE_MS = 6000;
/** How long a way back is offered. */
export const UNDO_MS = 30_000;
/** Of notes; problems are never pushed out. */
const LIMIT = 3;

export function notify(app: App, what: Words | Failure, retry: Notice['retry'] = null, stays = false): void {
  const failure = typeof what === 'function' ? null : what;
  put(app, { tone: failure ? 'problem' : 'note', text: typeof what === 'function' ? words(app, what) : null, failure, stays, retry, undo: null });
}

/** Something was put away: says so, with a way back. */
export const notifyUndo = (app: App, text: Words, undo: Undo): void =>
  put(app, { tone: 'note', text: words(app, text), failure: null, stays: false, retry: null, undo });

function put(app: App, what: Omit<Notice, 'id'>): void {
  const { failure, retry, undo } = what;
  const id = ++serial;
  update(app, 'notices', ({ list }) => {
    const same = list.find((n) => n.failure?.message === failure?.message && n.text === what.text);
    const others = list.filter((n) => n !== same);
    const notice: Notice = { id, ...what, failure: failure && { ...failure, subject: together(same?.failure?.subject ?? null, failure.subject) } };
    const notes = others.filter((n) => n.failure === null);
    return { list: [...others.filter((n) => n.failure !== null || notes.indexOf(n) > notes.length - LIMIT), notice] };
  });
  if (!failure && retry === null) setTimeout(() => dismiss(app, id), undo ? UNDO_MS : NOTE_MS);
}

/** Several files with one problem are one notice, which names them all. */
function together(before: string | null, subject: string | null): string | null {
  if (before === null || subject === null || before.split(', ').includes(subject)) return subject ?? before;
  return `${before}, ${subject}`;
}

export function dismiss(app: App, id: number): void {
  update(app, 'notices', ({ list }) => ({ list: list.filter((n) => n.id !== id) }));
}

/** Problems of this kind are about to be tried again: their notices would only be stale. */
export function dismissRetry(app: App, retry: 'load' | 'run'): void {
  update(app, 'notices', ({ list }) => ({ list: list.filter((n) => n.retry !== retry) }));
}

/** It came back another way: the way that was offered is none any more. */
export function dismissUndo(app: App, undo: Undo): void {
  const same = (other: Undo | null): boolean => other?.kind === undo.kind && JSON.stringify(other) === JSON.stringify(undo);
  update(app, 'notices', ({ list }) => ({ list: list.filter((n) => !same(n.undo)) }));
}

/** Pictures that failed to open before no longer matter once others are opened. */
export function dismissStage(app: App, stage: Failure['stage']): void {
  update(app, 'notices', ({ list }) => ({ list: list.filter((n) => n.failure?.stage !== stage) }));
}
