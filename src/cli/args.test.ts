import { expect, it } from 'vitest';
import { readArguments } from './args.ts';

const given = (...more: string[]) => readArguments(['pick', '--pack', 'p', '--out', 'o', '--images', 'a.jpg', ...more]).given;

it('places may hang over the edge, and several follow one option', () => {
  expect(given('--box', '-5,0,20,20')).toEqual({ box: [-5, 0, 20, 20] });
  expect(given('--click', '-5,3', '8,9,0', '-1.5,-2')).toEqual({ clicks: [[-5, 3], [8, 9, 0], [-1.5, -2]] });
  expect(given('--click=4,5', '6,7', '--box=1,2,3,4')).toEqual({ clicks: [[4, 5], [6, 7]], box: [1, 2, 3, 4] });
});

it('a number that is none is said to be none', () => {
  expect(() => given('--box', '1,2,3')).toThrow('--box is x,y,width,height in pixels, not "1,2,3".');
  expect(() => given('--click', 'left')).toThrow('--click is x,y or x,y,0 in pixels, not "left".');
});
