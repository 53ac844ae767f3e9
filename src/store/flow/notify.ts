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
const LIMIT = 3;

export function notify(app: App, what: Words | Failure, retry: Notice['retry'] = null): void {
  const failure = typeof what === 'function' ? null : what;
  put(app, { tone: failure ? 'problem' : 'note', text: typeof what === 'function' ? words(app, what) : null, failure, retry, undo: null });
}

/** Something was put away: says so, with a way back. */
export const notifyUndo = (app: App, text: Words, undo: Undo): void =>
  put(app, { tone: 'note', text: words(app, text), failure: null, retry: null, undo });

function put(app: App, what: Omit<Notice, 'id'>): void {
  const { failure, retry, undo } = what;
  const notice: Notice = { id: ++serial, ...what };
  update(app, 'notices', ({ list }) => {
    const others = list.filter((n) => n.failure?.message !== failure?.message || n.text !== notice.text);
    return { list: [...others, notice].slice(-LIMIT) };
  });
  if (!failure && retry === null) setTimeout(() => dismiss(app, notice.id), undo ? UNDO_MS : NOTE_MS);
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

/** The last picture that failed to open no longer matters once another opens. */
export function dismissStage(app: App, stage: Failure['stage']): void {
  update(app, 'notices', ({ list }) => ({ list: list.filter((n) => n.failure?.stage !== stage) }));
}
