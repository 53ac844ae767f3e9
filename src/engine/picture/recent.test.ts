import { describe, expect, it } from 'vitest';
import { Recent } from './recent.ts';

describe('what was made of late', () => {
  it('is not made again, until others have come', () => {
    const made: string[] = [];
    const recent = new Recent<string>(2);
    const get = (key: string): string => recent.of(key, () => (made.push(key), key.toUpperCase()));
    expect(['a', 'b', 'a', 'c', 'a', 'b'].map(get)).toEqual(['A', 'B', 'A', 'C', 'A', 'B']);
    expect(made).toEqual(['a', 'b', 'c', 'b']);
  });
});
