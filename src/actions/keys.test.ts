import { describe, expect, it, vi } from 'vitest';
import { caps, matches } from './keys.ts';

vi.stubGlobal('navigator', { userAgent: 'Linux' });

const press = (key: string, held: Partial<Record<'ctrlKey' | 'shiftKey' | 'altKey' | 'metaKey', boolean>> = {}) => ({ key, ctrlKey: false, shiftKey: false, altKey: false, metaKey: false, ...held });

describe('shortcuts', () => {
  it('know plus as a key, beside others and alone', () => {
    expect(matches('+', press('+', { shiftKey: true }))).toBe(true);
    expect(matches('+', press('-'))).toBe(false);
    expect(caps('+')).toEqual(['+']);
    expect(caps('mod++')).toEqual(['Ctrl', '+']);
  });

  it('want the modifiers they name and no others', () => {
    expect(matches('shift+mod+z', press('Z', { ctrlKey: true, shiftKey: true }))).toBe(true);
    expect(matches('mod+z', press('Z', { ctrlKey: true, shiftKey: true }))).toBe(false);
    expect(matches('z', press('z', { ctrlKey: true }))).toBe(false);
    expect(matches('z', press('z', { altKey: true }))).toBe(false);
    expect(caps('shift+mod+z')).toEqual(['Ctrl', 'Shift', 'Z']);
  });
});
