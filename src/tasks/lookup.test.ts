/** Where a thing is found, its colour, whether it is there, and what that does to an answer. */
import { describe, expect, it } from 'vitest';
import { askedOf } from './asked.ts';
import type { Decoded } from './head.ts';
import { colourUnder, find, presence } from './lookup.ts';
import { softmax } from './scores.ts';
import { TASKS } from './table.ts';
import type { Colour, Steps } from './steps.ts';

/** Three queries on 4 x 2 cells of a picture of 14 x 7 pixels: two that are the thing, a strong and a weak one, and one that is not. */
const EMBEDDINGS = { count: 3, dim: 2, data: Float32Array.of(3, 0, 1, 1.2, 0, 2) };
const TEXT = { count: 2, dim: 2, data: Float32Array.of(1, 0, 0, 1) };
const SIZE = { width: 14, height: 7 };

function decoded(...planes: readonly (readonly number[])[]): Decoded {
  return { embeddings: EMBEDDINGS, masks: { count: 3, width: 4, height: 2, data: Float32Array.from(planes.flat()) } };
}

const ON = 20;
const OFF = -20;
const LEFT = decoded([ON, ON, OFF, OFF, OFF, OFF, OFF, OFF], [OFF, OFF, ON, OFF, OFF, OFF, OFF, OFF], [OFF, OFF, OFF, ON, ON, ON, ON, ON]);

/** @param colour of a pixel */
const picture = (colour: (x: number, y: number) => Colour): Uint8Array => Uint8Array.from({ length: SIZE.width * SIZE.height }, (_, i) => i).reduce((data, i) => {
  data.set(colour(i % SIZE.width, Math.floor(i / SIZE.width)), i * 3);
  return data;
}, new Uint8Array(SIZE.width * SIZE.height * 3));

const NOTHING = Array<number>(8).fill(OFF);

const colourIn = (seen: Decoded, data: Uint8Array, scale = 10): Colour => colourUnder(find(seen, TEXT, scale, SIZE), { ...SIZE, data });

describe('its colour', () => {
  it('is the median of each channel under what the surest queries see', () => {
    // 8 x 4 pixels: a row in four is another colour, and all else black.
    const data = picture((x, y): Colour => (x < 8 && y < 4 ? (y === 0 ? [10, 250, 90] : [200, 60, 30]) : [0, 0, 0]));
    expect(colourIn(LEFT, data)).toEqual([200, 60, 30]);
  });

  it('leaves out what a weaker query sees, unless it is more than half as sure', () => {
    const data = picture((x, y): Colour => (x < 8 && y < 4 ? [200, 60, 30] : x < 12 && y < 4 ? [7, 7, 7] : [0, 0, 0]));
    const count = { ...LEFT, masks: { ...LEFT.masks, data: LEFT.masks.data.map((v, i) => (i < 8 ? (i === 0 ? ON : OFF) : v)) } };
    // One cell of each: 16 pixels are sure, 16 a fifth as sure.
    expect(colourIn(count, data)).toEqual([200, 60, 30]);
    // Of level logits all queries are half as sure: both cells count, the other query's five are black.
    expect(colourIn(count, data, 1e-9)).toEqual([0, 0, 0]);
  });

  it('is not that of the padding', () => {
    // 14 x 3 pixels are one row of cells; the second is padding.
    const low = decoded([OFF, OFF, OFF, 0, ON, ON, ON, ON], NOTHING, NOTHING);
    const data = picture((x): Colour => (x >= 12 ? [1, 2, 3] : [9, 9, 9])).subarray(0, 14 * 3 * 3);
    const size = { width: 14, height: 3 };
    expect(colourUnder(find(low, TEXT, 10, size), { ...size, data })).toEqual([1, 2, 3]);
  });
});

describe('whether it is there', () => {
  it('is as likely as the largest sum, and never certain', () => {
    const there = Math.exp(presence(find(LEFT, TEXT, 1, SIZE)).yes);
    // The surest query is the thing by 1 of scale 1.
    expect(there).toBeCloseTo(1 / (1 + Math.exp(-1)), 5);
    expect(presence(find(LEFT, TEXT, 100, SIZE))).toEqual({ yes: Math.log(0.9999), no: Math.log(1 - 0.9999) });
    const { yes, no } = presence(find(decoded(NOTHING, NOTHING, NOTHING), TEXT, 1, SIZE));
    expect(Math.exp(no)).toBeCloseTo(0.9999, 6);
    expect(yes).toBeCloseTo(Math.log(0.0001), 6);
  });
});

describe('an answer', () => {
  const ANSWERS = ['red', 'yes', 'no', 'blue'];
  const WHOLE = Float32Array.of(1, 0.5, 0.6, 0);
  const ALONE = Float32Array.of(0, 0, 0, 4);
  const seen: Colour[] = [];
  const answered = async (question: string, options: Record<string, unknown>): Promise<readonly { answer: string; score: number }[]> => {
    const segmented = { classes: async () => TEXT, base: async () => LEFT, placement: async () => ({ content: SIZE }), pixels: async () => ({ ...SIZE, data: picture(() => [4, 5, 6]) }) };
    const steps = {
      at: () => segmented,
      logitScale: 1,
      head: async <T>(work: () => T) => work(),
      phrase: async () => ({ truncated: false }),
      // One index has no answer.
      answers: async () => ANSWERS.slice(0, 4),
      answer: async () => Float32Array.of(...WHOLE, -9),
      even: (colour: Colour) => (seen.push(colour), { answer: async () => Float32Array.of(...ALONE, -9) }),
    };
    return (await TASKS.vqa.run(steps as unknown as Steps, { question }, options)).answers;
  };
  const product = (powers: readonly number[]): number[] => {
    const all = softmax(Float32Array.of(...WHOLE, -9)).map((p, i) => p * (powers[i] as number));
    return all.map((p) => p / all.reduce((sum, x) => sum + x, 0));
  };

  it('about a colour is multiplied by that of the colour alone, to a power', async () => {
    const answers = await answered('what color is the cup?', { colour: 0.5 });
    const wanted = product(softmax(Float32Array.of(...ALONE, -9)).map(Math.sqrt));
    expect(seen).toEqual([[4, 5, 6]]);
    expect(answers[0]).toEqual({ answer: 'blue', score: expect.closeTo(wanted[3] as number, 5) });
    expect(answers.find(({ answer }) => answer === 'red')?.score).toBeCloseTo(wanted[0] as number, 5);
  });

  it('about presence has yes and no multiplied by what is seen, to a power', async () => {
    const there = 1 / (1 + Math.exp(-1));
    const wanted = product([1e-4 ** 2, there ** 2, (1 - there) ** 2, 1e-4 ** 2, 1e-4 ** 2]);
    const answers = await answered('is there a cup in the picture?', { presence: 2 });
    expect(answers.find(({ answer }) => answer === 'yes')?.score).toBeCloseTo(wanted[1] as number, 5);
    expect(answers.find(({ answer }) => answer === 'no')?.score).toBeCloseTo(wanted[2] as number, 5);
  });

  it('is left alone where the pack does not say so, and to other questions', async () => {
    const plain = softmax(Float32Array.of(...WHOLE, -9))[0] as number;
    for (const [question, options] of [['what color is the cup?', { presence: 2 }], ['is there a cup?', {}], ['how many cups are there?', { colour: 0.5, presence: 2 }]] as const) {
      expect((await answered(question, options))[0]).toEqual({ answer: 'red', score: expect.closeTo(plain, 6) });
    }
  });
});

describe('what a question asks', () => {
  it.each([
    ['what color is the dog?', { about: 'colour', thing: 'dog' }],
    ['  What is the colour of table lamp ?', { about: 'colour', thing: 'table lamp' }],
    ['what color are these shoes in the photo?', { about: 'colour', thing: 'shoes' }],
    ['what colour is the chair on the carpet?', { about: 'colour', thing: 'chair on the carpet' }],
    ['is there a dog in the picture?', { about: 'presence', thing: 'dog' }],
    ['Are there any people', { about: 'presence', thing: 'people' }],
    ['can you see an umbrella in this image?', { about: 'presence', thing: 'umbrella' }],
    ['do you see a man on a horse?', { about: 'presence', thing: 'man on a horse' }],
  ])('"%s"', (question, asked) => expect(askedOf(question)).toEqual(asked));

  it.each(['what color is it?', 'What colour are they?', 'is the dog brown?', 'how many dogs are there?', 'what is the color?', 'is there something?', 'what is there?', ''])('is nothing to look up in "%s"', (question) => {
    expect(askedOf(question)).toBeNull();
  });
});
