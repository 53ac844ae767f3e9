import { describe, expect, it, vi } from 'vitest';
import { caps, matches } from './keys.ts';

vi.stubGlobal('navigator', { userAgent: 'Linux' });

const press = (key: string, held: Partial<Record<'ctrlKey' | 'shiftKey' | 'altKey' | 'metaKey', boolean>> & { readonly code?: string } = {}) => ({ key, code: '', ctrlKey: false, shiftKey: false, altKey: false, metaKey: false, ...held });

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

  it('are reached on keyboards that have other signs there', () => {
    // French digits need Shift; Korean and Russian keyboards have no Latin letters; brackets of a German one need AltGr.
    expect(matches('1', press('&', { code: 'Digit1' }))).toBe(true);
    expect(matches('2', press('1', { code: 'Digit2' }))).toBe(false);
    expect(matches('p', press('ㅔ', { code: 'KeyP' }))).toBe(true);
    expect(matches('mod+z', press('я', { code: 'KeyZ', ctrlKey: true }))).toBe(true);
    expect(matches('z', press('y', { code: 'KeyZ' }))).toBe(false);
    expect(matches(']', press(']', { code: 'Digit9', ctrlKey: true, altKey: true }))).toBe(true);
    expect(matches(']', press('9', { code: 'Digit9' }))).toBe(false);
  });
});
