/** Shortcuts: matching them, and writing them for people. */
const APPLE = /mac|iphone|ipad/i;
const isApple = (): boolean => APPLE.test(navigator.userAgent);

interface Pressed {
  readonly key: string;
  /** The place on the keyboard, named after what stands there on an American one. */
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

/** The key beside its modifiers; "+" is one too. */
const keyOf = (keys: string): string => (keys.endsWith('+') ? '+' : (keys.split('+').at(-1) ?? ''));

export function matches(keys: string, event: Pressed): boolean {
  const parts = keys.split('+');
  const key = keyOf(keys);
  const mod = parts.includes('mod');
  // A sign such as "?" or "+" needs Shift on some keyboards and not on others: it is known by itself.
  const sign = key.length === 1 && key.toLowerCase() === key.toUpperCase() && !/\d/.test(key);
  // Signs may need the third level of a keyboard: Option, or AltGr, which counts as Ctrl and Alt.
  const third = sign && event.altKey;
  return (
    (event.key.toLowerCase() === key.toLowerCase() || atPlaceOf(key, event)) &&
    (third || (isApple() ? event.metaKey : event.ctrlKey) === mod) &&
    (third || !event.altKey) &&
    (sign || event.shiftKey === parts.includes('shift'))
  );
}

/** Letters and digits that a keyboard has no key for (Hangul, Cyrillic; digits of a French one): the key in their place. */
function atPlaceOf(key: string, event: Pressed): boolean {
  if (/^\d$/.test(key)) return !/^\d$/.test(event.key) && event.code === `Digit${key}`;
  return /^[a-z]$/i.test(key) && event.key.length === 1 && event.key > '\u007f' && event.code === `Key${key.toUpperCase()}`;
}

const SHOWN: Readonly<Record<string, string>> = {
  escape: 'Esc', arrowleft: '←', arrowright: '→', arrowup: '↑', arrowdown: '↓', delete: 'Del', backspace: '⌫', pagedown: 'PgDn', pageup: 'PgUp',
};

/** The caps of a shortcut, in the order in which they are pressed. */
export function caps(keys: string): string[] {
  const key = keyOf(keys);
  const list: string[] = [];
  if (keys.includes('mod+')) list.push(isApple() ? '⌘' : 'Ctrl');
  if (keys.includes('shift+')) list.push(isApple() ? '⇧' : 'Shift');
  list.push(SHOWN[key.toLowerCase()] ?? key.toUpperCase());
  return list;
}
