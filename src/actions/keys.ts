/** Shortcuts: matching them, and writing them for people. */
const APPLE = /mac|iphone|ipad/i;
const isApple = (): boolean => APPLE.test(navigator.userAgent);

interface Pressed {
  readonly key: string;
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
  return (
    event.key.toLowerCase() === key.toLowerCase() &&
    (isApple() ? event.metaKey : event.ctrlKey) === mod &&
    !event.altKey &&
    (sign || event.shiftKey === parts.includes('shift'))
  );
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
