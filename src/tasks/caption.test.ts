/** Captions by beam search, over next words from a table. `tests/test_caption.py` has the same table. */
import { expect, it } from 'vitest';
import { caption, type Search } from './caption.ts';
import type { ExpectedWords } from './consensus.ts';
import type { WordReader } from './steps.ts';

const WORDS = ['', 'a', 'dog', 'cat', 'runs', 'sits', 'the', '<end>'];
const END = 7;
/** What may follow, with its probability; the likeliest first word, "the", leads nowhere good. */
const NEXT: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  '': { the: 0.5, a: 0.45 },
  the: { dog: 0.3, cat: 0.28 },
  'the dog': { '<end>': 0.3 },
  'the cat': { '<end>': 0.3 },
  a: { dog: 0.9 },
  'a dog': { runs: 0.8, sits: 0.1 },
  'a dog runs': { '<end>': 0.9 },
  'a dog sits': { '<end>': 0.9 },
};

/** "A dog" has ended when "a cat" still wants a word. */
const LATE: typeof NEXT = { '': { a: 0.9 }, a: { dog: 0.5, cat: 0.45 }, 'a dog': { '<end>': 0.5 }, 'a cat': { sits: 0.5 }, 'a cat sits': { '<end>': 0.99 } };

/** Words that call for each other. */
const echo = (text: string): Readonly<Record<string, number>> => (text.endsWith('cat') ? { sits: 0.9, '<end>': 0.05 } : { cat: 0.9, '<end>': 0.05 });

class Table implements WordReader {
  readonly startToken = 0;
  readonly endToken = END;
  readonly most = 10;
  expected: ExpectedWords | null = null;
  texts: readonly string[] = [''];
  /** Sentences of each call. */
  readonly widths: number[] = [];
  readonly #follows: (text: string) => Readonly<Record<string, number>>;

  constructor(follows: (text: string) => Readonly<Record<string, number>>) {
    this.#follows = follows;
  }

  async next(parents: readonly number[], tokens: readonly number[]): Promise<readonly Float32Array[]> {
    this.widths.push(parents.length);
    this.texts = parents.map((parent, i) => {
      const before = this.texts[parent];
      if (before === undefined) throw new Error('There is no such row.');
      return `${before} ${WORDS[tokens[i] ?? 0] ?? ''}`.trim();
    });
    return this.texts.map((text) => {
      const known = this.#follows(text);
      const left = 1 - Object.values(known).reduce((a, b) => a + b, 0);
      return Float32Array.from(WORDS, (word) => Math.log(known[word] ?? left / (WORDS.length - Object.keys(known).length)));
    });
  }

  decode(tokenIds: readonly number[]): string {
    return tokenIds.map((id) => (id === END ? '' : WORDS[id])).join(' ').trim();
  }

  close(): void {}
}

const likeliest = (beams: number): Search => ({ beams, growing: 0, chosen: 0 });

async function say(beams: number, follows = (text: string) => NEXT[text] ?? {}): Promise<{ text: string; heard: string[]; score: number; widths: number[] }> {
  const [reader, heard]: [Table, string[]] = [new Table(follows), []];
  const { text, score } = await caption(reader, likeliest(beams), (part) => heard.push(part));
  return { text, heard, score, widths: reader.widths };
}

it('one beam takes the likeliest word each time', async () => {
  const { text, heard, score } = await say(1);
  expect(text).toBe('The dog');
  expect(heard).toEqual(['The', 'The dog']);
  expect(score).toBeCloseTo(Math.log(0.5 * 0.3 * 0.3) / 3, 5);
});

it('two find the sentence that is likelier a word, and say the better one so far', async () => {
  const { text, heard, score, widths } = await say(2);
  expect(text).toBe('A dog runs');
  expect(score).toBeCloseTo(Math.log(0.45 * 0.9 * 0.8 * 0.9) / 4, 5);
  expect(heard).toEqual(['The', 'A dog', 'A dog runs']);
  // Read side by side, and what has ended is read no more.
  expect(widths).toEqual([1, 2, 2, 1]);
});

it('says no two words in the same order twice, but for one beam', async () => {
  expect((await say(1, echo)).text).toBe('Cat sits cat sits cat sits cat sits cat sits');
  expect((await say(2, echo)).text).toBe('Cat sits cat');
});

it('waits for a sentence that is behind when the best has ended', async () => {
  const { text, heard } = await say(2, (read) => LATE[read] ?? {});
  expect(text).toBe('A cat sits');
  expect(heard).toEqual(['A', 'A dog', 'A cat sits']);
});

/** Of the tables' words only "dog" and "cat" say anything; this picture is said to show a dog. */
const SAID: ExpectedWords = { weights: Float32Array.of(0, 0, 0.5, 0, 0, 0, 0, 0), rarity: Float32Array.of(0, 0, 2, 2, 0, 0, 0, 0) };

async function about(search: Search, expected: ExpectedWords | null = SAID): Promise<string> {
  const reader = new Table((text) => LATE[text] ?? {});
  reader.expected = expected;
  return (await caption(reader, search, () => undefined)).text;
}

it('takes the sentence that people would agree with where its words are nearly as likely', async () => {
  // "A dog" agrees by 0.5, "a cat sits" not at all; by so much it is behind in log probability a word.
  const behind = Math.log(0.9 * 0.45 * 0.5 * 0.99) / 4 - Math.log(0.9 * 0.5 * 0.5) / 3;
  expect(await about({ beams: 2, growing: 0, chosen: 2 * behind - 0.02 })).toBe('A cat sits');
  expect(await about({ beams: 2, growing: 0, chosen: 2 * behind + 0.02 })).toBe('A dog');
  expect(await about({ beams: 2, growing: 0, chosen: 2 * behind + 0.02 }, null)).toBe('A cat sits');
});

it('keeps sentences that people would agree with while they grow', async () => {
  // One beam goes where the likelier word is, unless the other is what people say.
  expect(await about({ beams: 1, growing: 0, chosen: 0 })).toBe('A dog');
  const cat = { ...SAID, weights: Float32Array.of(0, 0, 0, 0.5, 0, 0, 0, 0) };
  expect(await about({ beams: 2, growing: 8, chosen: 8 }, cat)).toBe('A cat sits');
  expect(await about({ beams: 2, growing: 8, chosen: 8 })).toBe('A dog');
});
